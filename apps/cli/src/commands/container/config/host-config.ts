import type { HostConfig, Resources } from '@berth/api'
import { CodedError } from '@berth/stdx'
import type { ContainerFlagValues } from './container-flags.ts'
import { parseDevice } from './device.ts'
import { withAbsoluteSource } from './mount.ts'
import { parseRestartPolicy } from './restart-policy.ts'
import { readSecurityOptions } from './security-options.ts'

/** All of HostConfig that stands on its own flags. */
export async function resolveHost(
  flags: ContainerFlagValues,
  given: ReadonlySet<string>,
  folder: string,
): Promise<Partial<HostConfig>> {
  const security = await readSecurityOptions(flags['security-opt'])
  const mounts = flags.mount.map((mount) => withAbsoluteSource(mount, folder))
  return {
    ...resourcesOf(flags),
    ...namespacesOf(flags),
    ContainerIDFile: flags.cidfile,
    LogConfig: { Type: flags['log-driver'], Config: logOptions(flags) },
    RestartPolicy: parseRestartPolicy(flags.restart),
    AutoRemove: flags.rm,
    VolumeDriver: flags['volume-driver'],
    VolumesFrom: orNull(flags['volumes-from']),
    ...(Object.keys(flags.annotation).length === 0 ? {} : { Annotations: flags.annotation }),
    ...capabilities(flags),
    Dns: [...flags.dns],
    DnsOptions: [...flags['dns-option'], ...flags['dns-opt']],
    DnsSearch: [...flags['dns-search']],
    ExtraHosts: orNull(flags['add-host']),
    GroupAdd: orNull(flags['group-add']),
    Links: orNull(flags.link),
    OomScoreAdj: flags['oom-score-adj'],
    Privileged: flags.privileged,
    PublishAllPorts: flags['publish-all'],
    ReadonlyRootfs: flags['read-only'],
    SecurityOpt: orNull(security.options),
    ...(flags['storage-opt'].length === 0 ? {} : { StorageOpt: storageOptions(flags['storage-opt']) }),
    ...(flags.tmpfs.length === 0 ? {} : { Tmpfs: Object.fromEntries(flags.tmpfs.map(parseTmpfs)) }),
    ShmSize: flags['shm-size'],
    ...(Object.keys(flags.sysctl).length === 0 ? {} : { Sysctls: flags.sysctl }),
    ...(flags.runtime === '' ? {} : { Runtime: flags.runtime }),
    ...(mounts.length === 0 ? {} : { Mounts: mounts }),
    MaskedPaths: security.maskedPaths ?? null,
    ReadonlyPaths: security.readonlyPaths ?? null,
    ...(given.has('init') ? { Init: flags.init } : {}),
  }
}

function namespacesOf(flags: ContainerFlagValues): Partial<HostConfig> {
  const { cgroupns, ipc, pid, userns, uts, isolation } = flags
  if (!['', 'host'].includes(pid) && !/^container:./.test(pid)) throw invalid('--pid: invalid PID mode')
  if (!['', 'host'].includes(uts)) throw invalid('--uts: invalid UTS mode')
  if (!['', 'host'].includes(userns)) throw invalid('--userns: invalid USER mode')
  if (cgroupns !== '' && cgroupns !== 'host' && cgroupns !== 'private')
    throw invalid('--cgroupns: invalid CGROUP mode')
  return {
    CgroupnsMode: cgroupns,
    IpcMode: ipc,
    PidMode: pid,
    UsernsMode: userns,
    UTSMode: uts,
    Isolation: isolation,
  }
}

function resourcesOf(flags: ContainerFlagValues): Resources {
  const swappiness = flags['memory-swappiness']
  if (swappiness < -1 || swappiness > 100) {
    throw invalid(`invalid value: ${swappiness}. Valid memory swappiness range is 0-100`)
  }
  return {
    CpuShares: flags['cpu-shares'],
    Memory: flags.memory,
    NanoCpus: flags.cpus,
    CgroupParent: flags['cgroup-parent'],
    BlkioWeight: flags['blkio-weight'],
    BlkioWeightDevice: [...flags['blkio-weight-device']],
    BlkioDeviceReadBps: [...flags['device-read-bps']],
    BlkioDeviceWriteBps: [...flags['device-write-bps']],
    BlkioDeviceReadIOps: [...flags['device-read-iops']],
    BlkioDeviceWriteIOps: [...flags['device-write-iops']],
    CpuPeriod: flags['cpu-period'],
    CpuQuota: flags['cpu-quota'],
    CpuRealtimePeriod: flags['cpu-rt-period'],
    CpuRealtimeRuntime: flags['cpu-rt-runtime'],
    CpusetCpus: flags['cpuset-cpus'],
    CpusetMems: flags['cpuset-mems'],
    Devices: flags.device.map(parseDevice),
    DeviceCgroupRules: orNull(flags['device-cgroup-rule']),
    DeviceRequests: flags.gpus.length === 0 ? null : [...flags.gpus],
    ...(flags['kernel-memory'] === 0 ? {} : { KernelMemory: flags['kernel-memory'] }),
    MemoryReservation: flags['memory-reservation'],
    MemorySwap: flags['memory-swap'],
    MemorySwappiness: swappiness,
    OomKillDisable: flags['oom-kill-disable'],
    PidsLimit: flags['pids-limit'],
    Ulimits: [...flags.ulimit],
    CpuCount: flags['cpu-count'],
    CpuPercent: flags['cpu-percent'],
    IOMaximumIOps: flags['io-maxiops'],
    IOMaximumBandwidth: flags['io-maxbandwidth'],
  }
}

function logOptions(flags: ContainerFlagValues): Record<string, string> {
  const options = flags['log-opt']
  if (flags['log-driver'] === 'none' && options.length > 0)
    throw invalid('invalid logging opts for driver none')
  return Object.fromEntries(options.map(splitPair))
}

function storageOptions(options: readonly string[]): Record<string, string> {
  if (options.some((option) => !option.includes('='))) throw invalid('invalid storage option')
  return Object.fromEntries(options.map(splitPair))
}

function splitPair(text: string): [string, string] {
  const equals = text.indexOf('=')
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)]
}

function parseTmpfs(text: string): [string, string] {
  const colon = text.indexOf(':')
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
}

/** `net_admin` and `CAP_NET_ADMIN` are one; ALL stands for all others; what is added is not dropped. */
function capabilities(flags: ContainerFlagValues): Pick<HostConfig, 'CapAdd' | 'CapDrop'> {
  const added = normalizeCapabilities(flags['cap-add'])
  const dropped = normalizeCapabilities(flags['cap-drop'])
  return { CapAdd: orNull(added), CapDrop: orNull(dropped.filter((name) => !added.includes(name))) }
}

function normalizeCapabilities(texts: readonly string[]): string[] {
  const names = texts
    .map((text) => text.toUpperCase().trim())
    .map((name) => (name === 'ALL' || name.startsWith('CAP_') ? name : `CAP_${name}`))
  return names.includes('ALL') ? ['ALL'] : [...new Set(names)].sort()
}

function orNull(list: readonly string[]): string[] | null {
  return list.length === 0 ? null : [...list]
}

function invalid(message: string): CodedError {
  return new CodedError('invalid-argument', message)
}
