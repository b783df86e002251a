import type { CheckMessage, DiskUsage, EventMessage, Info, Version } from '@berth/api'
import type { ContentStore } from '@berth/content'
import type { LayerWriter } from '@berth/layer'
import type { BridgeNetwork, Sandboxes } from '@berth/network'
import type { Digest, Platform } from '@berth/oci'
import type { RegistryClient } from '@berth/registry-client'
import type { Monitor, OciRuntimes, SpecPlatform } from '@berth/runtime'
import type { Snapshotter } from '@berth/snapshot'
import { KeyedMutex, messageOf, noFailpoint, Semaphore, type Logger } from '@berth/stdx'
import type { Kernel } from '@berth/syscalls'
import type { DatabaseSync } from 'node:sqlite'
import type { ContainerContext, ContainerSettings } from './containers/container-context.ts'
import { isRunning } from './containers/record/container-record.ts'
import { containerService, type ContainerService } from './containers/container-service.ts'
import { ContainerStore } from './containers/record/container-store.ts'
import { ExecRegistry } from './containers/process/exec-registry.ts'
import { handleExit } from './containers/lifecycle/exit.ts'
import { restoreContainers } from './containers/lifecycle/restore.ts'
import { Restarter } from './containers/lifecycle/restarter.ts'
import { stopAll } from './containers/stop-all.ts'
import { Waiters } from './containers/lifecycle/waiters.ts'
import { EventBus } from './events/event-bus.ts'
import { streamEvents, type EventsOptions } from './events/stream-events.ts'
import { ConfigTransfer } from './images/transfer/config-transfer.ts'
import { checkStore, type CheckOptions } from './images/check/check.ts'
import type { ImageContext } from './images/image-context.ts'
import { scheduleCollection } from './images/content/collection-schedule.ts'
import { imageService, type ImageService } from './images/image-service.ts'
import { ImageStore } from './images/store/image-store.ts'
import type { ImageFailpoint } from './images/failpoint.ts'
import { LayerTransfer } from './images/transfer/layer-transfer.ts'
import { networkService, type NetworkService } from './networks/network-service.ts'
import { diskUsage } from './system/disk-usage.ts'
import { registryService, type RegistryService } from './registries/registry-service.ts'
import { engineInfo, type InfoSettings } from './system/info.ts'
import { engineVersion } from './system/version.ts'

/** The mechanisms that the engine joins; who made them disposes them, after the engine. */
export interface EngineOptions {
  database: DatabaseSync
  content: ContentStore
  snapshotter: Snapshotter
  layerWriter: LayerWriter
  registry: RegistryClient
  monitor: Monitor
  runtimes: OciRuntimes
  specPlatform: SpecPlatform
  sandboxes: Sandboxes
  bridge: BridgeNetwork | undefined
  kernel: Kernel
  logger: Logger
  platform: Platform
  downloadsMax: number
  uploadsMax: number
  settings: ContainerSettings
  info: Omit<InfoSettings, 'listeners'>
  /** Makes steps fail, for tests. */
  failpoint?: ImageFailpoint
}

/** Images, containers and networks of one data root. */
export interface Engine {
  readonly images: ImageService
  readonly containers: ContainerService
  readonly networks: NetworkService
  readonly registries: RegistryService
  info(): Promise<Info>
  /** From now on `info` says this of the settings. */
  reload(info: EngineOptions['info']): void
  version(): Promise<Version>
  events(options: EventsOptions): AsyncIterable<EventMessage>
  diskUsage(): Promise<DiskUsage>
  /** Verifies every blob and layer. */
  check(options: CheckOptions): AsyncIterable<CheckMessage>
  /** Stops every container, for a shutdown without live restore; gives each `timeoutSeconds`. */
  stopContainers(timeoutSeconds: number): Promise<void>
  /** Stops timers and finishes what exits have begun; containers run on. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Opens the engine and takes over what an earlier one left running. Ready when it resolves. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const events = new EventBus()
  const containers = new ContainerStore(options.database)
  const images = imageContext(options, { events, containers })
  const context = containerContext(options, { events, containers, images })
  await using undo = new AsyncDisposableStack()
  undo.use(followExits(context))
  await restoreContainers(context)
  undo.use(context.restarter)
  undo.use(scheduleCollection(images))
  const opened = undo.move()
  let { info } = options
  return {
    images: imageService(images),
    containers: containerService(context),
    networks: networkService(context),
    registries: registryService(options),
    info: () => engineInfo(context, { ...info, listeners: () => events.subscriberCount }),
    reload(next) {
      info = next
      const { mirrors, insecureRegistries } = next
      const lists = { 'registry-mirrors': mirrors, 'insecure-registries': insecureRegistries }
      const attributes = Object.entries(lists).map(([key, list]) => [key, JSON.stringify(list)])
      events.daemon('reload', options.settings.engineId, Object.fromEntries(attributes))
    },
    version: () => engineVersion(context, info.version),
    events: (request) => streamEvents(events, request),
    diskUsage: () => diskUsage(context),
    check: (request) => checkStore(images, request),
    stopContainers: (timeoutSeconds) => stopAll(context, timeoutSeconds),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** Handles each exit that the monitor tells of; disposing waits for those under way. */
function followExits(context: ContainerContext): AsyncDisposable {
  const underWay = new Set<Promise<void>>()
  context.monitor.onExit((event) => {
    const handled = handleExit(context, event)
      .catch((error: unknown) =>
        context.logger.error('Cannot handle the end of a process', {
          container: event.containerId,
          error: messageOf(error),
        }),
      )
      .finally(() => underWay.delete(handled))
    underWay.add(handled)
  })
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(underWay)
    },
  }
}

function imageContext(
  options: EngineOptions,
  { events, containers }: { events: EventBus; containers: ContainerStore },
): ImageContext {
  const { content, snapshotter, registry, layerWriter, downloadsMax, failpoint = noFailpoint } = options
  const images = new ImageStore(options.database)
  const isKnownPair = (digest: Digest, diffId: Digest) => images.hasPair(digest, diffId)
  const stores = { content, snapshotter, layerWriter, failpoint }
  return {
    ...stores,
    registry,
    images,
    configs: new ConfigTransfer({ content, registry }),
    layers: new LayerTransfer({ ...stores, registry, downloadsMax, isKnownPair }),
    uploads: new Semaphore(options.uploadsMax),
    events,
    logger: options.logger.named('images'),
    platform: options.platform,
    containersOf: (imageId) =>
      containers
        .list()
        .filter((record) => record.imageId === imageId)
        .map((record) => ({ id: record.id, isRunning: isRunning(record) })),
  }
}

function containerContext(
  options: EngineOptions,
  parts: Pick<ContainerContext, 'events' | 'containers' | 'images'>,
): ContainerContext {
  const { snapshotter, monitor, runtimes, specPlatform, sandboxes, bridge, kernel, settings } = options
  return {
    ...parts,
    snapshotter,
    monitor,
    runtimes,
    specPlatform,
    sandboxes,
    bridge,
    waiters: new Waiters(),
    execs: new ExecRegistry(),
    restarter: new Restarter(),
    mutex: new KeyedMutex(),
    kernel,
    logger: options.logger.named('containers'),
    settings,
  }
}
