import type { ContainerSummary } from './container.ts'
import type { ImageSummary } from './image.ts'
import type { Volume } from './volume.ts'

/** GET /version. The fields after `Components` repeat the engine's component for clients below 1.35. */
export interface Version {
  Platform?: { Name: string }
  Components?: VersionComponent[]
  Version: string
  ApiVersion: string
  MinAPIVersion?: string
  GitCommit?: string
  GoVersion?: string
  Os: string
  Arch: string
  KernelVersion?: string
  Experimental?: boolean
  BuildTime?: string
}

export interface VersionComponent {
  Name: string
  Version: string
  Details?: Record<string, string>
}

/** Headers of /_ping, parsed. */
export interface Ping {
  ApiVersion: string
  OsType: string
  Experimental: boolean
  BuilderVersion: string
  Swarm?: string
}

/** GET /info. */
export interface Info {
  ID: string
  Containers: number
  ContainersRunning: number
  ContainersPaused: number
  ContainersStopped: number
  Images: number
  Driver: string
  DriverStatus: [string, string][] | null
  SystemStatus?: [string, string][] | null
  Plugins: PluginsInfo
  MemoryLimit: boolean
  SwapLimit: boolean
  KernelMemory?: boolean
  KernelMemoryTCP?: boolean
  CpuCfsPeriod: boolean
  CpuCfsQuota: boolean
  CPUShares: boolean
  CPUSet: boolean
  PidsLimit: boolean
  IPv4Forwarding: boolean
  BridgeNfIptables?: boolean
  BridgeNfIp6tables?: boolean
  Debug: boolean
  NFd: number
  OomKillDisable: boolean
  NGoroutines: number
  SystemTime: string
  LoggingDriver: string
  CgroupDriver: string
  /** `1` or `2`, without a `v`. */
  CgroupVersion?: string
  NEventsListener: number
  KernelVersion: string
  OperatingSystem: string
  OSVersion: string
  OSType: string
  Architecture: string
  IndexServerAddress: string
  RegistryConfig: RegistryServiceConfig | null
  NCPU: number
  MemTotal: number
  GenericResources: unknown[] | null
  DockerRootDir: string
  HttpProxy: string
  HttpsProxy: string
  NoProxy: string
  Name: string
  Labels: string[] | null
  ExperimentalBuild: boolean
  ServerVersion: string
  ClusterStore?: string
  ClusterAdvertise?: string
  Runtimes: Record<string, RuntimeInfo>
  DefaultRuntime: string
  Swarm: SwarmInfo
  LiveRestoreEnabled: boolean
  Isolation: string
  InitBinary: string
  ContainerdCommit: Commit
  RuncCommit: Commit
  InitCommit: Commit
  SecurityOptions: string[] | null
  ProductLicense?: string
  DefaultAddressPools?: { Base: string; Size: number }[]
  FirewallBackend?: { Driver: string; Info?: [string, string][] }
  DiscoveredDevices?: { Source: string; ID: string }[]
  CDISpecDirs?: string[] | null
  Containerd?: { Address: string; Namespaces: { Containers: string; Plugins: string } }
  Warnings: string[] | null
}

export interface PluginsInfo {
  Volume: string[] | null
  Network: string[] | null
  Authorization: string[] | null
  Log: string[] | null
}

export interface RegistryServiceConfig {
  AllowNondistributableArtifactsCIDRs?: string[] | null
  AllowNondistributableArtifactsHostnames?: string[] | null
  InsecureRegistryCIDRs: string[]
  IndexConfigs: Record<string, IndexInfo>
  Mirrors: string[] | null
}

export interface IndexInfo {
  Name: string
  Mirrors: string[] | null
  Secure: boolean
  Official: boolean
}

export interface RuntimeInfo {
  path?: string
  runtimeArgs?: string[]
  runtimeType?: string
  options?: Record<string, unknown>
  status?: Record<string, string>
}

export interface SwarmInfo {
  NodeID: string
  NodeAddr: string
  LocalNodeState: '' | 'inactive' | 'pending' | 'active' | 'error' | 'locked'
  ControlAvailable: boolean
  Error: string
  RemoteManagers: unknown[] | null
}

export interface Commit {
  ID: string
  Expected?: string
}

/** POST /auth, X-Registry-Auth and the values of X-Registry-Config. Holds secrets: never log it. */
export interface AuthRequest {
  username?: string
  password?: string
  auth?: string
  email?: string
  serveraddress?: string
  identitytoken?: string
  registrytoken?: string
}

export interface AuthResponse {
  Status: string
  IdentityToken: string
}

/** GET /events. `status`, `id` and `from` are for clients below 1.52. */
export interface EventMessage {
  status?: string
  id?: string
  from?: string
  Type: EventType
  Action: string
  Actor: EventActor
  scope?: 'local' | 'swarm'
  /** Seconds since the epoch. */
  time: number
  /** Nanoseconds since the epoch; beyond Number.MAX_SAFE_INTEGER, so it is written as raw digits and read as a bigint. */
  timeNano: number | bigint
}

export type EventType =
  | 'builder'
  | 'config'
  | 'container'
  | 'daemon'
  | 'image'
  | 'network'
  | 'node'
  | 'plugin'
  | 'secret'
  | 'service'
  | 'volume'

export interface EventActor {
  ID: string
  Attributes: Record<string, string>
}

/** GET /system/df. */
export interface DiskUsage {
  LayersSize: number
  Images: ImageSummary[] | null
  Containers: ContainerSummary[] | null
  Volumes: Volume[] | null
  BuildCache: BuildCacheRecord[] | null
  BuilderSize?: number
}

export interface BuildCacheRecord {
  ID: string
  Parent?: string
  Parents?: string[]
  Type: string
  Description: string
  InUse: boolean
  Shared: boolean
  Size: number
  CreatedAt: string
  LastUsedAt: string | null
  UsageCount: number
}

/** POST /build/prune. */
export interface BuildPruneResponse {
  CachesDeleted: string[] | null
  SpaceReclaimed: number
}

/** The body of every reply with a status of 400 or more. */
export interface ErrorResponse {
  message: string
}

/** Replies that carry nothing but the id of what was made. */
export interface IdResponse {
  Id: string
}
