/** What depends on the host. Sizes are bytes; -1 means unlimited where Linux knows it. */
export interface HostConfig extends Resources {
  /** `source:target[:options]`. */
  Binds: string[] | null
  ContainerIDFile: string
  LogConfig: LogConfig
  NetworkMode: string
  PortBindings: PortMap | null
  RestartPolicy: RestartPolicy
  AutoRemove: boolean
  VolumeDriver: string
  VolumesFrom: string[] | null
  ConsoleSize?: [height: number, width: number]
  Annotations?: Record<string, string>
  CapAdd: string[] | null
  CapDrop: string[] | null
  CgroupnsMode: '' | 'host' | 'private'
  Dns: string[] | null
  DnsOptions: string[] | null
  DnsSearch: string[] | null
  ExtraHosts: string[] | null
  GroupAdd: string[] | null
  /** `none`, `private`, `shareable`, `host` or `container:<id>`. */
  IpcMode: string
  Cgroup: string
  Links: string[] | null
  OomScoreAdj: number
  PidMode: string
  Privileged: boolean
  PublishAllPorts: boolean
  ReadonlyRootfs: boolean
  SecurityOpt: string[] | null
  StorageOpt?: Record<string, string>
  Tmpfs?: Record<string, string>
  UTSMode: string
  UsernsMode: string
  ShmSize: number
  Sysctls?: Record<string, string>
  Runtime?: string
  Isolation: string
  Mounts?: Mount[]
  /** null means the engine's defaults, `[]` masks nothing. */
  MaskedPaths: string[] | null
  ReadonlyPaths: string[] | null
  Init?: boolean | null
}

/** The part of HostConfig that an update can change. */
export interface Resources {
  CpuShares: number
  Memory: number
  /** Billionths of a processor. */
  NanoCpus: number
  CgroupParent: string
  BlkioWeight: number
  BlkioWeightDevice: WeightDevice[] | null
  BlkioDeviceReadBps: ThrottleDevice[] | null
  BlkioDeviceWriteBps: ThrottleDevice[] | null
  BlkioDeviceReadIOps: ThrottleDevice[] | null
  BlkioDeviceWriteIOps: ThrottleDevice[] | null
  CpuPeriod: number
  CpuQuota: number
  CpuRealtimePeriod: number
  CpuRealtimeRuntime: number
  CpusetCpus: string
  CpusetMems: string
  Devices: DeviceMapping[] | null
  DeviceCgroupRules: string[] | null
  DeviceRequests: DeviceRequest[] | null
  KernelMemory?: number
  KernelMemoryTCP?: number
  MemoryReservation: number
  /** Memory and swap together; -1 is unlimited swap. */
  MemorySwap: number
  MemorySwappiness: number | null
  OomKillDisable: boolean | null
  PidsLimit: number | null
  Ulimits: Ulimit[] | null
  CpuCount: number
  CpuPercent: number
  IOMaximumIOps: number
  IOMaximumBandwidth: number
}

export interface LogConfig {
  Type: string
  Config: Record<string, string> | null
}

/** Keys like `80/tcp`; null exposes without publishing. */
export type PortMap = Record<string, PortBinding[] | null>

/** An empty HostIp means every address of both families; an empty HostPort a free one. */
export interface PortBinding {
  HostIp: string
  HostPort: string
}

export interface RestartPolicy {
  Name: '' | 'no' | 'always' | 'on-failure' | 'unless-stopped'
  MaximumRetryCount: number
}

export interface WeightDevice {
  Path: string
  Weight: number
}

export interface ThrottleDevice {
  Path: string
  Rate: number
}

export interface DeviceMapping {
  PathOnHost: string
  PathInContainer: string
  CgroupPermissions: string
}

export interface DeviceRequest {
  Driver: string
  Count: number
  DeviceIDs: string[] | null
  Capabilities: string[][] | null
  Options: Record<string, string> | null
}

export interface Ulimit {
  Name: string
  Soft: number
  Hard: number
}

export type MountType = 'bind' | 'volume' | 'tmpfs' | 'image' | 'npipe' | 'cluster'

export interface Mount {
  Type: MountType
  Source?: string
  Target: string
  ReadOnly?: boolean
  Consistency?: 'default' | 'consistent' | 'cached' | 'delegated' | ''
  BindOptions?: BindOptions
  VolumeOptions?: VolumeOptions
  ImageOptions?: { Subpath?: string }
  TmpfsOptions?: TmpfsOptions
}

export interface BindOptions {
  Propagation?: '' | 'private' | 'rprivate' | 'shared' | 'rshared' | 'slave' | 'rslave'
  NonRecursive?: boolean
  CreateMountpoint?: boolean
  ReadOnlyNonRecursive?: boolean
  ReadOnlyForceRecursive?: boolean
}

export interface VolumeOptions {
  NoCopy?: boolean
  Labels?: Record<string, string>
  DriverConfig?: { Name?: string; Options?: Record<string, string> }
  Subpath?: string
}

export interface TmpfsOptions {
  SizeBytes?: number
  /** Permission bits as a number. */
  Mode?: number
  Options?: string[][]
}
