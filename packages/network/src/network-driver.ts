/**
 * The engine's default bridge network and the network namespaces (*sandboxes*) of containers.
 *
 * A sandbox is a network namespace kept open by a bind mount under the run root; an *endpoint* is its place in one
 * network: a veth pair, an address, a default route. Set-up and tear-down are pairs; tear-down is idempotent and goes on
 * after a failure.
 */
export interface BridgeNetwork extends AsyncDisposable {
  readonly bridge: string
  readonly subnet: string
  readonly gateway: string
  /** Joins the sandbox to the bridge: address reserved durably, veth moved in, default route set. */
  connect(request: ConnectRequest): Promise<Endpoint>
  /** Frees the address and deletes the veth. Idempotent. */
  disconnect(endpointId: string): Promise<void>
  /** Endpoints known from before a restart. */
  listEndpoints(): Promise<Endpoint[]>
}

export interface ConnectRequest {
  endpointId: string
  sandboxPath: string
  macAddress?: string
  address?: string
}

export interface Endpoint {
  endpointId: string
  /** IPv4 without prefix. */
  address: string
  prefixLength: number
  gateway: string
  macAddress: string
  /** Name of the host's end of the veth pair. */
  hostInterface: string
}

/** The network namespaces of one engine's containers, by container id. */
export interface Sandboxes {
  /** Makes a network namespace with loopback up, held at the returned path. Idempotent for one id. */
  create(id: string): Promise<string>
  /** Where the sandbox of `id` is held, whether it exists or not. */
  pathOf(id: string): string
  /** Unmounts and removes the path. Idempotent. */
  delete(id: string): Promise<void>
  list(): Promise<string[]>
}
