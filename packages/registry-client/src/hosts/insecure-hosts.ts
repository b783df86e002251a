import { BlockList, isIP } from 'node:net'
import { CodedError } from '@berth/stdx'

/** Answers whether a host may be talked to without a verified certificate, or without TLS where it speaks none. */
export interface InsecureHosts {
  includes(url: URL): Promise<boolean>
}

/**
 * Reads the entries of `insecure-registries`: `host`, `host:port` or a CIDR block. Loopback is always included, since
 * nobody is on that line but this machine. Throws `invalid-argument` for anything else.
 */
export function parseInsecureHosts(entries: readonly string[]): InsecureHosts {
  const blocks = new BlockList()
  blocks.addSubnet('127.0.0.0', 8, 'ipv4')
  blocks.addAddress('::1', 'ipv6')
  const names = new Set<string>(['localhost'])
  let hasOwnBlocks = false
  for (const entry of entries) {
    if (entry.includes('/')) {
      addBlock(blocks, entry)
      hasOwnBlocks = true
    } else names.add(checkedHost(entry))
  }
  return {
    async includes(url) {
      const host = url.hostname.replace(/^\[|\]$/g, '')
      if (names.has(url.hostname) || names.has(withPort(url))) return true
      if (isIP(host)) return isListed(blocks, host)
      // A name is looked up only for blocks that somebody configured: a stranger's DNS answer must not lower the guard.
      return hasOwnBlocks && (await addressesOf(host)).some((address) => isListed(blocks, address))
    },
  }
}

function withPort(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'http:' ? '80' : '443')}`
}

function isListed(blocks: BlockList, address: string): boolean {
  return blocks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

async function addressesOf(host: string): Promise<string[]> {
  const { lookup } = await import('node:dns/promises')
  try {
    return (await lookup(host, { all: true })).map((entry) => entry.address)
  } catch {
    // Unknown to DNS: perhaps behind a proxy. Not listed then; connecting tells what is wrong.
    return []
  }
}

function addBlock(blocks: BlockList, entry: string): void {
  const [address = '', prefix = ''] = entry.split('/')
  const family = isIP(address)
  const bits = Number(prefix)
  if (family === 0 || !/^\d+$/.test(prefix) || bits > (family === 6 ? 128 : 32)) throw invalid(entry)
  blocks.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4')
}

function checkedHost(entry: string): string {
  if (!/^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?$/.test(entry) || entry.startsWith('-'))
    throw invalid(entry)
  return entry.toLowerCase()
}

function invalid(entry: string): CodedError {
  return new CodedError(
    'invalid-argument',
    `insecure registry ${entry} is not valid: invalid host ${JSON.stringify(entry)}`,
    {
      hint: 'Write HOST, HOST:PORT or a block such as 10.0.0.0/8, without http://.',
    },
  )
}
