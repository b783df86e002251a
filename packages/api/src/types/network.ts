/** A container's attachment to one network: what was asked and what it got. */
export interface EndpointSettings {
  IPAMConfig?: EndpointIpamConfig | null
  Links?: string[] | null
  Aliases?: string[] | null
  MacAddress?: string
  DriverOpts?: Record<string, string> | null
  GwPriority?: number
  NetworkID?: string
  EndpointID?: string
  Gateway?: string
  IPAddress?: string
  IPPrefixLen?: number
  IPv6Gateway?: string
  GlobalIPv6Address?: string
  GlobalIPv6PrefixLen?: number
  DNSNames?: string[] | null
}

export interface EndpointIpamConfig {
  IPv4Address?: string
  IPv6Address?: string
  LinkLocalIPs?: string[]
}

/** GET /networks and /networks/{id}; only the latter lists containers. */
export interface Network {
  Name: string
  Id: string
  Created: string
  Scope: 'local' | 'swarm' | 'global'
  Driver: string
  EnableIPv4?: boolean
  EnableIPv6: boolean
  IPAM: Ipam
  Internal: boolean
  Attachable: boolean
  Ingress: boolean
  ConfigFrom: { Network: string }
  ConfigOnly: boolean
  Containers?: Record<string, NetworkContainer>
  Options: Record<string, string> | null
  Labels: Record<string, string> | null
  Peers?: { Name: string; IP: string }[]
}

export interface NetworkContainer {
  Name: string
  EndpointID: string
  MacAddress: string
  /** With prefix length. */
  IPv4Address: string
  IPv6Address: string
}

export interface Ipam {
  Driver: string
  Options?: Record<string, string> | null
  Config?: IpamConfig[] | null
}

export interface IpamConfig {
  Subnet?: string
  IPRange?: string
  Gateway?: string
  AuxiliaryAddresses?: Record<string, string>
}

/** POST /networks/create. */
export interface NetworkCreateRequest {
  Name: string
  /** Ignored since 1.44: names are always unique. */
  CheckDuplicate?: boolean
  Driver?: string
  Scope?: string
  EnableIPv4?: boolean | null
  EnableIPv6?: boolean | null
  IPAM?: Ipam | null
  Internal?: boolean
  Attachable?: boolean
  Ingress?: boolean
  ConfigOnly?: boolean
  ConfigFrom?: { Network: string } | null
  Options?: Record<string, string> | null
  Labels?: Record<string, string> | null
}

export interface NetworkCreateResponse {
  Id: string
  Warning: string
}

/** POST /networks/{id}/connect. */
export interface NetworkConnectRequest {
  Container: string
  EndpointConfig?: EndpointSettings | null
}

/** POST /networks/{id}/disconnect. */
export interface NetworkDisconnectRequest {
  Container: string
  Force?: boolean
}

/** POST /networks/prune. */
export interface NetworkPruneResponse {
  NetworksDeleted: string[] | null
}
