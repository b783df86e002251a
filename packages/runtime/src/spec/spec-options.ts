import type { LinuxDevice } from '@berth/oci'
import type { SeccompProfile } from './seccomp-profile.ts'

/** A container in plain terms, from which its runtime spec is made. What is not given is as in Docker. */
export interface SpecOptions {
  rootfs: { path: string; isReadonly?: boolean }
  process: ProcessOptions
  security: SecurityOptions
  /** Undefined leaves the host's. Docker's default is the first 12 digits of the container's id. */
  hostname?: string
  domainname?: string
  namespaces?: NamespaceOptions
  /** As runc reads it: absolute below each hierarchy's root, for example `/berth/<id>`. */
  cgroupsPath: string
  resources?: ResourceOptions
  /** In any order; they replace default mounts of the same destination. */
  mounts?: MountOptions[]
  devices?: DeviceOptions[]
  /** Size of /dev/shm. */
  shmSizeBytes?: number
  sysctls?: Record<string, string>
  oomScoreAdj?: number
}

export interface ProcessOptions {
  args: string[]
  env: string[]
  cwd: string
  user: { uid: number; gid: number; additionalGids: number[] }
  isTerminal: boolean
  rlimits?: { name: string; soft: number; hard: number }[]
}

export interface SecurityOptions {
  isPrivileged?: boolean
  capabilitiesAdded?: readonly string[]
  capabilitiesDropped?: readonly string[]
  noNewPrivileges?: boolean
  /** The default profile when not given. */
  seccomp?: SeccompProfile | 'unconfined'
  apparmorProfile?: string
  /** Instead of the default ones. */
  maskedPaths?: string[]
  readonlyPaths?: string[]
}

/** `private` makes a new namespace, `host` uses that of the engine, a path joins that one. */
export type NamespaceMode = 'private' | 'host' | { path: string }

export interface NamespaceOptions {
  network?: NamespaceMode
  /** The network namespace belongs to another container, whose settings stay. */
  isNetworkShared?: boolean
  pid?: NamespaceMode
  ipc?: NamespaceMode
  uts?: NamespaceMode
  /** Private where cgroups are version 2, else the host's. */
  cgroup?: NamespaceMode
}

export interface ResourceOptions {
  /** 0 is no limit. */
  memoryBytes?: number
  memoryReservationBytes?: number
  /** Memory and swap together; -1 is no limit, 0 twice the memory. */
  memorySwapBytes?: number
  memorySwappiness?: number
  isOomKillDisabled?: boolean
  cpuShares?: number
  cpuQuota?: number
  cpuPeriod?: number
  /** Billionths of a processor; instead of quota and period. */
  nanoCpus?: number
  cpusetCpus?: string
  cpusetMems?: string
  /** 0 and less is no limit. */
  pidsLimit?: number
  blkioWeight?: number
}

export interface MountOptions {
  type: 'bind' | 'tmpfs'
  /** Absolute path on the host; not used by tmpfs. */
  source?: string
  /** Absolute path in the container. */
  destination: string
  isReadonly?: boolean
  /** Do not take the mounts below the source along. */
  isNonRecursive?: boolean
  /** `rprivate` when not given. */
  propagation?: string
  /** More options of a tmpfs, as mount(8) writes them. */
  tmpfsOptions?: readonly string[]
}

export interface DeviceOptions {
  device: LinuxDevice
  /** Of `rwm`. */
  access: string
}
