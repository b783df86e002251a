/** The parts of the OCI runtime specification 1.0/1.1 that this project writes (config.md, config-linux.md). */
export interface RuntimeSpec {
  ociVersion: string
  process: ProcessSpec
  root: { path: string; readonly: boolean }
  hostname?: string
  domainname?: string
  mounts: MountSpec[]
  hooks?: Record<string, { path: string; args?: string[]; env?: string[] }[]>
  annotations?: Record<string, string>
  linux: LinuxSpec
}

export interface ProcessSpec {
  terminal: boolean
  consoleSize?: { height: number; width: number }
  user: { uid: number; gid: number; umask?: number; additionalGids?: number[] }
  args: string[]
  env: string[]
  cwd: string
  capabilities?: CapabilitySpec
  rlimits?: { type: string; hard: number; soft: number }[]
  noNewPrivileges?: boolean
  apparmorProfile?: string
  selinuxLabel?: string
  oomScoreAdj?: number
}

export interface CapabilitySpec {
  bounding: string[]
  effective: string[]
  permitted: string[]
  inheritable: string[]
  ambient: string[]
}

export interface MountSpec {
  destination: string
  type: string
  source: string
  options: string[]
}

export interface LinuxSpec {
  namespaces: {
    type: 'pid' | 'network' | 'mount' | 'ipc' | 'uts' | 'user' | 'cgroup' | 'time'
    path?: string
  }[]
  cgroupsPath: string
  resources: LinuxResources
  devices?: LinuxDevice[]
  seccomp?: SeccompSpec
  sysctl?: Record<string, string>
  maskedPaths: string[]
  readonlyPaths: string[]
  rootfsPropagation?: string
  mountLabel?: string
}

export interface LinuxDevice {
  path: string
  type: 'c' | 'b' | 'p'
  major: number
  minor: number
  fileMode: number
  uid: number
  gid: number
}

export interface LinuxResources {
  devices: { allow: boolean; type?: string; major?: number; minor?: number; access: string }[]
  memory?: {
    limit?: number
    reservation?: number
    swap?: number
    swappiness?: number
    disableOOMKiller?: boolean
  }
  cpu?: { shares?: number; quota?: number; period?: number; cpus?: string; mems?: string }
  pids?: { limit: number }
  blockIO?: { weight?: number }
  hugepageLimits?: { pageSize: string; limit: number }[]
}

export interface SeccompSpec {
  defaultAction: string
  defaultErrnoRet?: number
  architectures: string[]
  syscalls: {
    names: string[]
    action: string
    errnoRet?: number
    args?: { index: number; value: number; valueTwo?: number; op: string }[]
  }[]
}
