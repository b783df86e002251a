import type { Info, RuntimeInfo } from '@berth/api'
import type { ProxySettings } from '@berth/registry-client'
import { readFile } from 'node:fs/promises'
import type { ContainerContext } from '../containers/container-context.ts'
import type { ContainerStatus } from '../containers/record/container-record.ts'
import { readHostFacts, type HostFacts } from './host-facts.ts'

/** What `info` says of the engine's own settings. */
export interface InfoSettings {
  version: string
  mirrors: readonly string[]
  insecureRegistries: readonly string[]
  proxy: ProxySettings
  isDebug: boolean
  isLiveRestore: boolean
  dataRoot: string
  /** Why this snapshotter was chosen, in words. */
  snapshotterReason: string
  listeners: () => number
}

/** What Docker's engine has and this one does not, or what never differs here. */
const constants = {
  Plugins: {
    Volume: [],
    Network: ['bridge', 'host', 'null'],
    Authorization: null,
    Log: ['json-file', 'none'],
  },
  NFd: 0,
  NGoroutines: 0,
  LoggingDriver: 'json-file',
  CgroupDriver: 'cgroupfs',
  IndexServerAddress: 'https://index.docker.io/v1/',
  GenericResources: null,
  Labels: [],
  ExperimentalBuild: false,
  Swarm: {
    NodeID: '',
    NodeAddr: '',
    LocalNodeState: 'inactive',
    ControlAvailable: false,
    Error: '',
    RemoteManagers: null,
  },
  Isolation: '',
  InitBinary: '',
  ContainerdCommit: { ID: '' },
  InitCommit: { ID: '' },
  FirewallBackend: { Driver: 'nftables' },
} satisfies Partial<Info>

export async function engineInfo(context: ContainerContext, settings: InfoSettings): Promise<Info> {
  const host = await readHostFacts()
  return {
    ...constants,
    ...containerCounts(context),
    ...images(context, settings),
    ...runtimes(context),
    ...limits(host),
    ...hostWords(host),
    ...ownSettings(settings),
    ID: context.settings.engineId,
    IPv4Forwarding: await forwardsIpv4(),
    NEventsListener: settings.listeners(),
    SystemTime: new Date().toISOString(),
    Warnings: warnings(host),
  }
}

async function forwardsIpv4(): Promise<boolean> {
  const value = await readFile('/proc/sys/net/ipv4/ip_forward', 'utf8').catch(() => '0')
  return value.trim() === '1'
}

function images({ images: { images }, snapshotter }: ContainerContext, { snapshotterReason }: InfoSettings) {
  return {
    Images: images.list().length,
    Driver: snapshotter.name,
    DriverStatus: [
      ['Layers', snapshotter.layerFormat === 'erofs' ? 'mounted' : 'unpacked'],
      ['Chosen because', snapshotterReason],
    ] satisfies Info['DriverStatus'],
  }
}

function ownSettings(settings: InfoSettings) {
  const { httpProxy, httpsProxy, noProxy = '' } = settings.proxy
  return {
    ServerVersion: settings.version,
    Debug: settings.isDebug,
    LiveRestoreEnabled: settings.isLiveRestore,
    DockerRootDir: settings.dataRoot,
    RegistryConfig: registryConfig(settings),
    HttpProxy: withoutPassword(httpProxy),
    HttpsProxy: withoutPassword(httpsProxy),
    NoProxy: noProxy,
  }
}

function containerCounts(context: ContainerContext) {
  const count = (...statuses: ContainerStatus[]) =>
    context.containers.list().filter((record) => statuses.includes(record.state.status)).length
  return {
    Containers: context.containers.list().length,
    ContainersRunning: count('running', 'restarting'),
    ContainersPaused: count('paused'),
    ContainersStopped: count('created', 'exited', 'dead', 'removing'),
  }
}

function limits({ cgroupControllers: has }: HostFacts) {
  return {
    MemoryLimit: has.has('memory'),
    SwapLimit: has.has('memory'),
    CpuCfsPeriod: has.has('cpu'),
    CpuCfsQuota: has.has('cpu'),
    CPUShares: has.has('cpu'),
    CPUSet: has.has('cpuset'),
    PidsLimit: has.has('pids'),
    OomKillDisable: false,
  }
}

function hostWords(host: HostFacts) {
  return {
    KernelVersion: host.kernelVersion,
    OperatingSystem: host.operatingSystem,
    OSVersion: host.osVersion,
    OSType: 'linux',
    Architecture: host.machine,
    NCPU: host.processors,
    MemTotal: host.memoryBytes,
    Name: host.hostname,
    CgroupVersion: host.cgroupVersion,
    SecurityOptions: [
      ...(host.hasSeccomp ? ['name=seccomp,profile=builtin'] : []),
      ...(host.cgroupVersion === '2' ? ['name=cgroupns'] : []),
    ],
  }
}

function registryConfig({ mirrors, insecureRegistries }: InfoSettings): Info['RegistryConfig'] {
  const isRange = (text: string) => text.includes('/')
  const hub = { Name: 'docker.io', Mirrors: [...mirrors], Secure: true, Official: true }
  const hosts = insecureRegistries.filter((text) => !isRange(text))
  return {
    InsecureRegistryCIDRs: ['::1/128', '127.0.0.0/8', ...insecureRegistries.filter(isRange)],
    IndexConfigs: {
      'docker.io': hub,
      ...Object.fromEntries(
        hosts.map((name) => [name, { Name: name, Mirrors: [], Secure: false, Official: false }]),
      ),
    },
    Mirrors: [...mirrors],
  }
}

function runtimes(context: ContainerContext) {
  const known = context.runtimes
    .list()
    .map((runtime): [string, RuntimeInfo] => [runtime.name, { path: runtime.path }])
  const { name, version } = context.runtimes.resolve(undefined)
  return { Runtimes: Object.fromEntries(known), DefaultRuntime: name, RuncCommit: { ID: version } }
}

function warnings({ cgroupControllers }: HostFacts): string[] {
  const wanted: [controller: string, what: string][] = [
    ['memory', 'memory limit'],
    ['cpu', 'cpu cfs quota'],
    ['pids', 'pids limit'],
  ]
  return wanted
    .filter(([controller]) => !cgroupControllers.has(controller))
    .map(([, what]) => `WARNING: No ${what} support`)
}

const withoutPassword = (proxy = ''): string => proxy.replace(/\/\/[^@/]*@/, '//xxxxx:xxxxx@')
