import { KeyedMutex, type Logger, Semaphore, settleAll } from '@berth/stdx'
import type { Kernel } from '@berth/syscalls'
import type { DatabaseSync } from 'node:sqlite'
import { checkBridgeName, ensureBridge, findBridge } from './bridge.ts'
import { claimSubnet } from './claim-subnet.ts'
import { createEndpointLink, hostInterfaceOf } from './endpoint-link.ts'
import { type EndpointRow, IpamStore } from './ipam-store.ts'
import { formatIpv4, formatSubnet, parseIpv4, type Subnet } from './ipv4.ts'
import { macOfIpv4, parseMacAddress } from './mac-address.ts'
import { deleteLink, setLinkUp } from './netlink/link.ts'
import { RouteSocket } from './netlink/route-socket.ts'
import type { BridgeNetwork, ConnectRequest, Endpoint } from './network-driver.ts'
import { applyRules, deleteRules } from './nftables.ts'
import { selectSubnet } from './select-subnet.ts'
import { readSetting, writeSetting } from './sysctl.ts'

export interface BridgeNetworkOptions {
  /** The interface's name; it is made if it is not there. */
  bridge: string
  /** As `172.17.0.0/16`, or `172.17.0.1/16` by the bridge's own address; else that of before, that of the existing bridge, or a free one of Docker's default pools. */
  subnet?: string
  /** Keeps addresses and endpoints. These end with the machine's uptime, so it belongs into the run root. */
  database: DatabaseSync
  kernel: Kernel
  logger: Logger
}

/**
 * Opens a bridge network: bridge, packet filter, forwarding. Endpoints of before a restart are there still. Dispose
 * takes rules and bridge away (a bridge that was there before stays), but leaves both while endpoints remain: their
 * containers outlive the engine.
 */
export async function openBridgeNetwork(options: BridgeNetworkOptions): Promise<BridgeNetwork> {
  const { bridge, database, kernel, logger } = options
  checkBridgeName(bridge)
  using socket = new RouteSocket(kernel)
  const store = new IpamStore(database, bridge)
  const existing = await findBridge(socket, bridge)
  const selected = await selectSubnet({ socket, store, existing, wanted: options.subnet })
  const former = store.findNetwork()
  const ownsBridge = existing === undefined || former?.ownsBridge === true
  const ownsForwarding = former?.ownsForwarding === true || readSetting('ipv4/ip_forward') === '0'
  store.saveNetwork({ subnet: selected.subnet, ownsBridge, ownsForwarding })
  await using undo = new AsyncDisposableStack()
  undo.defer(() => removeUnused({ bridge, ownsBridge, kernel, store }))
  const link = await ensureBridge(socket, bridge)
  const subnet = await claimSubnet(socket, link, selected)
  store.saveNetwork({ subnet, ownsBridge, ownsForwarding })
  await socket.apply(setLinkUp(link))
  await applyRules({ bridge, subnet: formatSubnet(subnet), guardsForwarding: ownsForwarding })
  writeSetting('ipv4/ip_forward', '1')
  logger.info('bridge network is open', { bridge, subnet: formatSubnet(subnet) })
  undo.move()
  return new LinuxBridgeNetwork({ bridge, bridgeIndex: link.index, subnet, ownsBridge, kernel, store })
}

/** Takes rules and bridge away unless an endpoint is left. */
async function removeUnused({
  bridge,
  ownsBridge,
  kernel,
  store,
}: Omit<Parts, 'bridgeIndex' | 'subnet'>): Promise<void> {
  if (store.listEndpoints().length > 0) return
  using socket = new RouteSocket(kernel)
  await settleAll([() => deleteRules(bridge), async () => ownsBridge && deleteLink(socket, bridge)])
}

interface Parts {
  bridge: string
  bridgeIndex: number
  subnet: Subnet
  ownsBridge: boolean
  kernel: Kernel
  store: IpamStore
}

/** A deletion holds a thread of libuv's pool for tens of milliseconds, in which the kernel waits for its readers. */
const deletionsMax = 2

class LinuxBridgeNetwork implements BridgeNetwork {
  readonly bridge: string
  readonly subnet: string
  readonly gateway: string
  readonly #parts: Parts
  readonly #turns = new KeyedMutex()
  readonly #deletions = new Semaphore(deletionsMax)

  constructor(parts: Parts) {
    this.#parts = parts
    this.bridge = parts.bridge
    this.subnet = formatSubnet(parts.subnet)
    this.gateway = formatIpv4(parts.subnet.address + 1)
  }

  connect(request: ConnectRequest): Promise<Endpoint> {
    return this.#turns.run(request.endpointId, async () => {
      const row = this.#reserve(request)
      await using undo = new AsyncDisposableStack()
      undo.defer(() => this.#remove(row))
      await createEndpointLink(this.#parts.kernel, request.sandboxPath, { ...row, ...this.#parts })
      undo.move()
      return this.#describe(row)
    })
  }

  disconnect(endpointId: string): Promise<void> {
    return this.#turns.run(endpointId, async () => {
      const row = this.#parts.store.findEndpoint(endpointId)
      if (row !== undefined) await this.#remove(row)
    })
  }

  listEndpoints(): Promise<Endpoint[]> {
    return Promise.resolve(this.#parts.store.listEndpoints().map((row) => this.#describe(row)))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return removeUnused(this.#parts)
  }

  #reserve({ endpointId, address, macAddress }: ConnectRequest): EndpointRow {
    return this.#parts.store.reserve({
      endpointId,
      hostInterface: hostInterfaceOf(endpointId),
      address: address === undefined ? undefined : parseIpv4(address),
      macOf: (given) => (macAddress === undefined ? macOfIpv4(given) : parseMacAddress(macAddress)),
    })
  }

  /** The row goes last: as long as it is there, a restarted engine knows what is left to do. */
  async #remove({ endpointId, hostInterface }: EndpointRow): Promise<void> {
    await this.#deletions.run(async () => {
      using socket = new RouteSocket(this.#parts.kernel)
      await deleteLink(socket, hostInterface)
    })
    this.#parts.store.release(endpointId)
  }

  #describe({ endpointId, address, macAddress, hostInterface }: EndpointRow): Endpoint {
    return {
      endpointId,
      address: formatIpv4(address),
      prefixLength: this.#parts.subnet.prefixLength,
      gateway: this.gateway,
      macAddress,
      hostInterface,
    }
  }
}
