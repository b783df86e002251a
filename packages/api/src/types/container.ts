import type { ContainerConfig } from './container-config.ts'
import type { HostConfig, MountType, PortMap } from './host-config.ts'
import type { GraphDriver, ImageDescriptor } from './image.ts'
import type { EndpointSettings } from './network.ts'

export type ContainerStatus = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead'

/** GET /containers/json. */
export interface ContainerSummary {
  Id: string
  /** Each with a leading slash. */
  Names: string[]
  Image: string
  ImageID: string
  ImageManifestDescriptor?: ImageDescriptor
  Command: string
  /** Seconds since the epoch. */
  Created: number
  Ports: ContainerPort[]
  SizeRw?: number
  SizeRootFs?: number
  Labels: Record<string, string> | null
  State: ContainerStatus
  /** The engine's words: `Up 2 minutes (healthy)`, `Exited (0) 3 seconds ago`. */
  Status: string
  HostConfig: { NetworkMode?: string; Annotations?: Record<string, string> }
  NetworkSettings: { Networks: Record<string, EndpointSettings> | null } | null
  Mounts: MountPoint[]
  Health?: { Status: HealthStatus; FailingStreak: number }
}

export interface ContainerPort {
  IP?: string
  PrivatePort: number
  PublicPort?: number
  Type: 'tcp' | 'udp' | 'sctp'
}

export interface MountPoint {
  Type?: MountType
  Name?: string
  Source: string
  Destination: string
  Driver?: string
  Mode: string
  RW: boolean
  Propagation: string
}

/** GET /containers/{id}/json. */
export interface ContainerInspect {
  Id: string
  Created: string
  Path: string
  Args: string[]
  State: ContainerState
  Image: string
  ResolvConfPath: string
  HostnamePath: string
  HostsPath: string
  LogPath: string
  /** With a leading slash. */
  Name: string
  RestartCount: number
  Driver: string
  Platform: string
  ImageManifestDescriptor?: ImageDescriptor
  MountLabel: string
  ProcessLabel: string
  AppArmorProfile: string
  ExecIDs: string[] | null
  HostConfig: HostConfig
  GraphDriver?: GraphDriver
  /** Only when asked with `size`. */
  SizeRw?: number
  SizeRootFs?: number
  Mounts: MountPoint[]
  Config: ContainerConfig
  NetworkSettings: ContainerNetworkSettings
}

/** Times are RFC 3339 with nanoseconds; `0001-01-01T00:00:00Z` means never. */
export interface ContainerState {
  Status: ContainerStatus
  Running: boolean
  Paused: boolean
  Restarting: boolean
  OOMKilled: boolean
  Dead: boolean
  Pid: number
  ExitCode: number
  Error: string
  StartedAt: string
  FinishedAt: string
  /** Only when the container has a health check. */
  Health?: Health
}

export type HealthStatus = 'none' | 'starting' | 'healthy' | 'unhealthy'

export interface Health {
  Status: HealthStatus
  FailingStreak: number
  Log: HealthResult[] | null
}

export interface HealthResult {
  Start: string
  End: string
  ExitCode: number
  Output: string
}

/** The fields between `Ports` and `Networks` repeat the default bridge's endpoint for clients below 1.52. */
export interface ContainerNetworkSettings {
  Bridge?: string
  SandboxID: string
  SandboxKey: string
  Ports: PortMap
  HairpinMode?: boolean
  LinkLocalIPv6Address?: string
  LinkLocalIPv6PrefixLen?: number
  SecondaryIPAddresses?: unknown[] | null
  SecondaryIPv6Addresses?: unknown[] | null
  EndpointID?: string
  Gateway?: string
  GlobalIPv6Address?: string
  GlobalIPv6PrefixLen?: number
  IPAddress?: string
  IPPrefixLen?: number
  IPv6Gateway?: string
  MacAddress?: string
  Networks: Record<string, EndpointSettings>
}

/** POST /containers/{id}/wait. */
export interface ContainerWaitResponse {
  StatusCode: number
  Error?: { Message: string } | null
}

export type WaitCondition = 'not-running' | 'next-exit' | 'removed'

/** GET /containers/{id}/top. */
export interface ContainerTop {
  Titles: string[]
  Processes: string[][]
}

/** GET /containers/{id}/changes: 0 modified, 1 added, 2 deleted. */
export interface FilesystemChange {
  Path: string
  Kind: 0 | 1 | 2
}

/** POST /containers/prune. */
export interface ContainerPruneResponse {
  ContainersDeleted: string[] | null
  SpaceReclaimed: number
}
