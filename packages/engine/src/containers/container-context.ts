import type { BridgeNetwork, Sandboxes } from '@berth/network'
import type { Monitor, OciRuntimes, SpecPlatform } from '@berth/runtime'
import type { Snapshotter } from '@berth/snapshot'
import type { Kernel } from '@berth/syscalls'
import type { KeyedMutex, Logger } from '@berth/stdx'
import type { EventBus } from '../events/event-bus.ts'
import type { ImageContext } from '../images/image-context.ts'
import type { ContainerStore } from './record/container-store.ts'
import type { ExecRegistry } from './process/exec-registry.ts'
import type { LogLimits } from './streams/log-options.ts'
import type { Restarter } from './lifecycle/restarter.ts'
import type { Waiters } from './lifecycle/waiters.ts'

/** What the container verbs work with. */
export interface ContainerContext {
  containers: ContainerStore
  images: ImageContext
  snapshotter: Snapshotter
  monitor: Monitor
  runtimes: OciRuntimes
  /** What specs need to know of the machine. */
  specPlatform: SpecPlatform
  sandboxes: Sandboxes
  /** Undefined when the engine was started without a bridge. */
  bridge: BridgeNetwork | undefined
  events: EventBus
  waiters: Waiters
  execs: ExecRegistry
  restarter: Restarter
  /** State changes of one container never overlap. */
  mutex: KeyedMutex
  kernel: Kernel
  logger: Logger
  settings: ContainerSettings
}

export interface ContainerSettings {
  /** Of this data root, for ever: network ids are made of it. */
  engineId: string
  /** When this engine started, RFC 3339. */
  startedAt: string
  /** Durable: logs, hosts files. */
  dataDirectory: string
  /** Gone with the machine's next start: root file systems. */
  runDirectory: string
  /** `/berth`: where the containers' cgroups lie. */
  cgroupParent: string
  /** `/etc/resolv.conf` of the host. */
  hostResolvConf: string
  hostHostname: string
  logDefaults: LogLimits
}
