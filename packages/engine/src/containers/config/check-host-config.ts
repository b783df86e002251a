import type { HostConfig } from '@berth/api'
import { CodedError, isCoded } from '@berth/stdx'
import { parseLogOptions } from '../streams/log-options.ts'
import { containerMounts } from './container-mounts.ts'
import type { ContainerRecord } from '../record/container-record.ts'

/** Docker's least memory limit. */
const memoryBytesMin = 6 * 1024 * 1024
const shmBytes = 64 * 1024 * 1024

/** What a request that says nothing gets. */
export function defaultHostConfig(): HostConfig {
  return {
    Binds: null,
    ContainerIDFile: '',
    LogConfig: { Type: 'json-file', Config: {} },
    NetworkMode: 'default',
    PortBindings: {},
    RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
    AutoRemove: false,
    VolumeDriver: '',
    VolumesFrom: null,
    CapAdd: null,
    CapDrop: null,
    CgroupnsMode: '',
    Dns: [],
    DnsOptions: [],
    DnsSearch: [],
    ExtraHosts: null,
    GroupAdd: null,
    IpcMode: 'private',
    Cgroup: '',
    Links: null,
    OomScoreAdj: 0,
    PidMode: '',
    Privileged: false,
    PublishAllPorts: false,
    ReadonlyRootfs: false,
    SecurityOpt: null,
    UTSMode: '',
    UsernsMode: '',
    ShmSize: shmBytes,
    Isolation: '',
    MaskedPaths: null,
    ReadonlyPaths: null,
    ...noLimits,
  }
}

const noLimits = {
  CpuShares: 0,
  Memory: 0,
  NanoCpus: 0,
  CgroupParent: '',
  BlkioWeight: 0,
  BlkioWeightDevice: [],
  BlkioDeviceReadBps: [],
  BlkioDeviceWriteBps: [],
  BlkioDeviceReadIOps: [],
  BlkioDeviceWriteIOps: [],
  CpuPeriod: 0,
  CpuQuota: 0,
  CpuRealtimePeriod: 0,
  CpuRealtimeRuntime: 0,
  CpusetCpus: '',
  CpusetMems: '',
  Devices: [],
  DeviceCgroupRules: null,
  DeviceRequests: null,
  MemoryReservation: 0,
  MemorySwap: 0,
  MemorySwappiness: null,
  OomKillDisable: null,
  PidsLimit: null,
  Ulimits: [],
  CpuCount: 0,
  CpuPercent: 0,
  IOMaximumIOps: 0,
  IOMaximumBandwidth: 0,
} satisfies Partial<HostConfig>

/**
 * Refuses what this engine cannot do, so that nobody believes it was done, and what contradicts itself. Normalises
 * `hostConfig` in place as Docker shows it in inspect. Returns warnings for the user.
 */
export function checkHostConfig(
  hostConfig: HostConfig,
  getContainer: (nameOrId: string) => ContainerRecord,
): string[] {
  for (const check of [checkLimits, checkRestartPolicy, checkUnsupported]) check(hostConfig)
  containerMounts(hostConfig)
  parseLogOptions(hostConfig.LogConfig.Config ?? {})
  hostConfig.NetworkMode = networkMode(hostConfig.NetworkMode, getContainer)
  Object.assign(hostConfig, spelledOut(hostConfig))
  return []
}

/** Zero values that stand for a default, as what they stand for. */
function spelledOut(hostConfig: HostConfig): Partial<HostConfig> {
  const { ShmSize, Memory, MemorySwap, MemorySwappiness, PidsLimit, IpcMode, LogConfig } = hostConfig
  return {
    ShmSize: ShmSize || shmBytes,
    MemorySwap: MemorySwap === 0 ? Memory * 2 : MemorySwap,
    MemorySwappiness: MemorySwappiness === -1 ? null : MemorySwappiness,
    PidsLimit: PidsLimit === 0 ? null : PidsLimit,
    IpcMode: IpcMode || 'private',
    LogConfig: { Type: LogConfig.Type || 'json-file', Config: LogConfig.Config ?? {} },
  }
}

function checkLimits({
  Memory,
  MemorySwap,
  MemoryReservation,
  NanoCpus,
  CpuQuota,
  CpuPeriod,
}: HostConfig): void {
  if (Memory !== 0 && Memory < memoryBytesMin) throw invalid('Minimum memory limit allowed is 6MB')
  if (MemorySwap > 0 && Memory === 0)
    throw invalid('You should always set the Memory limit when using Memoryswap limit, see usage')
  if (MemorySwap > 0 && MemorySwap < Memory)
    throw invalid('Minimum memoryswap limit should be larger than memory limit, see usage')
  if (Memory > 0 && MemoryReservation > Memory) {
    throw invalid('Minimum memory limit can not be less than memory reservation limit, see usage')
  }
  if (NanoCpus > 0 && (CpuQuota > 0 || CpuPeriod > 0)) {
    throw invalid('Conflicting options: Nano CPUs and CPU Quota cannot both be set')
  }
}

const restartPolicies = ['', 'no', 'always', 'on-failure', 'unless-stopped']

function checkRestartPolicy({ RestartPolicy, AutoRemove }: HostConfig): void {
  const { Name, MaximumRetryCount } = RestartPolicy
  if (!restartPolicies.includes(Name))
    throw invalid(
      `invalid restart policy: unknown policy '${Name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`,
    )
  if (Name !== 'on-failure' && (MaximumRetryCount ?? 0) !== 0) {
    throw invalid(`invalid restart policy: maximum retry count can only be used with 'on-failure'`)
  }
  if (AutoRemove && Name !== '' && Name !== 'no')
    throw invalid("can't create 'AutoRemove' container with restart policy")
}

function checkUnsupported(hostConfig: HostConfig): void {
  const published = Object.values(hostConfig.PortBindings ?? {}).some((bindings) => bindings?.length)
  const unsupported: [isAsked: unknown, what: string][] = [
    [published || hostConfig.PublishAllPorts, 'publishing ports'],
    [hostConfig.VolumesFrom?.length, 'volumes of other containers'],
    [hostConfig.DeviceRequests?.length, 'device requests'],
    [hostConfig.Links?.length, 'links'],
    [hostConfig.Init, 'an init process'],
    [hostConfig.UsernsMode && hostConfig.UsernsMode !== 'host', 'user namespaces'],
    [
      !['', 'json-file', 'none'].includes(hostConfig.LogConfig.Type),
      `the log driver ${JSON.stringify(hostConfig.LogConfig.Type)}`,
    ],
  ]
  for (const [isAsked, what] of unsupported) {
    if (isAsked)
      throw new CodedError(
        'not-implemented',
        `Cannot create container: ${what} is not supported by this engine yet`,
      )
  }
}

/** What it names and is not there is a bad request: clients take a 404 for a missing image, and pull that. */
function networkMode(mode: string, getContainer: (nameOrId: string) => ContainerRecord): string {
  if (mode === '' || mode === 'default' || mode === 'bridge') return 'bridge'
  if (mode === 'host' || mode === 'none') return mode
  try {
    if (mode.startsWith('container:')) return `container:${getContainer(mode.slice('container:'.length)).id}`
  } catch (error) {
    throw isCoded(error, 'not-found') ? invalid(error.message) : error
  }
  throw invalid(`network ${mode} not found`)
}

const invalid = (message: string): CodedError => new CodedError('invalid-argument', message)
