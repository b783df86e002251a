import type { Info, RuntimeInfo } from '@berth/api'
import type { ProxySettings } from '@berth/registry-client'
import { readFile } from 'node:fs/promises'
import type { ContainerContext } from '../containers/container-context.ts'
import type { ContainerStatus } from '../containers/container-record.ts'
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

export async function engineInfo(context: ContainerContext, settings: InfoSettings): Promise<Info> {
  const host = await readHostFacts()
  return {
    ID: context.settings.engineId,
    ...containerCounts(context),
    Images: context.images.images.list().length,
    Driver: context.snapshotter.name,
    DriverStatus: [
      ['Layers', context.snapshotter.layerFormat === 'erofs' ? 'mounted' : 'unpacked'],
      ['Chosen because', settings.snapshotterReason],
    ],
    Plugins: {
      Volume: [],
      Network: ['bridge', 'host', 'null'],
      Authorization: null,
      Log: ['json-file', 'none'],
    },
    ...limits(host),
    IPv4Forwarding: (await readFile('/proc/sys/net/ipv4/ip_forward', 'utf8').catch(() => '0')).trim() === '1',
    Debug: settings.isDebug,
    NFd: 0,
    NGoroutines: 0,
    NEventsListener: settings.listeners(),
    SystemTime: new Date().toISOString(),
    LoggingDriver: 'json-file',
    CgroupDriver: 'cgroupfs',
    CgroupVersion: host.cgroupVersion,
    ...hostWords(host),
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: registryConfig(settings),
    GenericResources: null,
    DockerRootDir: settings.dataRoot,
    HttpProxy: withoutPassword(settings.proxy.httpProxy),
    HttpsProxy: withoutPassword(settings.proxy.httpsProxy),
    NoProxy: settings.proxy.noProxy ?? '',
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: settings.version,
    ...runtimes(context),
    Swarm: {
      NodeID: '',
      NodeAddr: '',
      LocalNodeState: 'inactive',
      ControlAvailable: false,
      Error: '',
      RemoteManagers: null,
    },
    LiveRestoreEnabled: settings.isLiveRestore,
    Isolation: '',
    InitBinary: '',
    ContainerdCommit: { ID: '' },
    RuncCommit: { ID: context.runtimes.resolve(undefined).version },
    InitCommit: { ID: '' },
    SecurityOptions: [
      ...(host.hasSeccomp ? ['name=seccomp,profile=builtin'] : []),
      ...(host.cgroupVersion === '2' ? ['name=cgroupns'] : []),
    ],
    FirewallBackend: { Driver: 'nftables' },
    Warnings: warnings(host),
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

function runtimes(context: ContainerContext): {
  Runtimes: Record<string, RuntimeInfo>
  DefaultRuntime: string
} {
  const known = context.runtimes
    .list()
    .map((runtime): [string, RuntimeInfo] => [runtime.name, { path: runtime.path }])
  return { Runtimes: Object.fromEntries(known), DefaultRuntime: context.runtimes.resolve(undefined).name }
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
