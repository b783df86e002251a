import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

/** Who has sent a request through proxies that are trusted to say so. */
export class ForwardedAddress {
  readonly #trusted = new BlockList()
  readonly #isEmpty: boolean

  constructor(networks: readonly string[]) {
    this.#isEmpty = networks.length === 0
    for (const network of networks) {
      const [address = '', bits] = network.split('/')
      this.#trusted.addSubnet(address, Number(bits), familyOf(address))
    }
  }

  /**
   * The last address of `X-Forwarded-For` that no trusted proxy has; what stands before it is what clients claim.
   * Undefined when the request did not come through a trusted proxy.
   */
  find({ socket, headers }: IncomingMessage): string | undefined {
    if (this.#isEmpty || !this.#isTrusted(socket.remoteAddress ?? '')) return undefined
    const hops = String(headers['x-forwarded-for'] ?? '')
      .split(',')
      .map((hop) => hop.trim())
    const client = hops.findLast((hop) => !this.#isTrusted(hop))
    return client !== undefined && isIP(client) > 0 ? client : undefined
  }

  #isTrusted(address: string): boolean {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
    return isIP(plain) > 0 && this.#trusted.check(plain, familyOf(plain))
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}
