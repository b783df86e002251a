import { openContentStore } from '@berth/content'
import {
  engineIdentity,
  openEngine,
  parseLogOptions,
  type ContainerSettings,
  type Engine,
} from '@berth/engine'
import { layerWriter } from '@berth/layer'
import { openBridgeNetwork, openSandboxes, type BridgeNetwork } from '@berth/network'
import { hostPlatform } from '@berth/oci'
import { openRegistryClient, type ProxySettings, type RegistryClient } from '@berth/registry-client'
import { connectMonitor, findRuntimes, readSpecPlatform, removeCgroup, type Monitor } from '@berth/runtime'
import { chooseSnapshotter } from '@berth/snapshot'
import { isCoded, openDatabase, type Failpoint, type Logger } from '@berth/stdx'
import { linuxKernel as kernel } from '@berth/syscalls'
import { chmod, mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { DaemonConfig } from './config/daemon-config.ts'
import { nextConfig } from './config/next-config.ts'
import { openFailpoints } from './failpoints.ts'
import { claimDirectory } from './claim-directory.ts'
import { writePidFile } from './pid-file.ts'
import { registryClientOptions, registrySettings } from './registry-settings.ts'
import { requireHost } from './require-host.ts'
import { configurationRoutes } from './routes/configuration.ts'
import { containerArchiveRoutes } from './routes/container-archive.ts'
import { containerFileRoutes } from './routes/container-files.ts'
import { containerRoutes } from './routes/containers.ts'
import { execRoutes } from './routes/execs.ts'
import { imageArchiveRoutes } from './routes/image-archives.ts'
import { imagePushRoutes } from './routes/image-push.ts'
import { imageRoutes } from './routes/images.ts'
import { networkRoutes } from './routes/networks.ts'
import { pruneRoutes } from './routes/prune.ts'
import { storageRoutes } from './routes/storage.ts'
import { registryRoutes } from './routes/registries.ts'
import { systemRoutes } from './routes/system.ts'
import type { Route } from './server/route.ts'
import { openStateDatabase } from './state-database.ts'
import { createServer } from './server/server.ts'
import { version } from './version.ts'

const defaultBridge = 'berth0'
const defaultCgroupParent = '/berth'

export interface DaemonOptions {
  config: DaemonConfig
  /** The configuration as it is written now; throws `invalid-argument`. */
  reread: () => DaemonConfig
  logger: Logger
  /** Sockets that systemd opened for this process. */
  inheritedFds: readonly number[]
  /** The PATH that programs are looked for along. */
  searchPath: string
  /** What the environment says of proxies. */
  proxy: ProxySettings
  /** Steps that fail on purpose, as `armFailpoints` reads them. */
  failpoints: string | undefined
  /** The program that supervises containers. */
  monitorPath: string
}

/** A running engine with its API served. Disposing leaves containers as they are. */
export interface Daemon extends AsyncDisposable {
  /**
   * Reads the configuration again, takes over what can change while it runs, and gives the names of what waits for the next
   * start. Throws `invalid-argument` when it is wrong; then nothing changes.
   */
  reload(): string[]
  /** Takes no more requests; without live restore it stops the containers, too. */
  shutdown(): Promise<void>
}

/** Puts the engine together: mechanisms, then the domain, then the API on its sockets. The one place that knows all of them. */
export async function openDaemon(options: DaemonOptions): Promise<Daemon> {
  const { config, logger } = options
  await using undo = new AsyncDisposableStack()
  const runtimes = ['runc', 'crun', ...Object.values(config.runtimes).map((runtime) => runtime.path)]
  await requireHost({ searchPath: options.searchPath, runtimes, hasBridge: config.bridge.isEnabled })
  await openDirectory(config.dataRoot, 0o710)
  // Members of the socket's group pass through to the socket; everything else in it is root's alone.
  await openDirectory(config.execRoot, 0o711)
  undo.use(await claimDirectory(config.dataRoot, kernel))
  undo.use(await writePidFile(config.pidFile))
  for (const warning of config.warnings) logger.warn(warning)
  const parts = await openParts(options, undo)
  const { engine, monitor } = parts
  let current = config
  const reload = (): string[] => {
    const { config: next, postponed } = nextConfig(current, options.reread())
    current = next
    parts.registry.configure(registrySettings(next))
    engine.reload({ ...infoSettings(next, options.proxy), snapshotterReason: parts.snapshotterReason })
    logger.info('Configuration reloaded')
    if (postponed.length > 0) logger.warn('Changes that need a new start of the engine', { postponed })
    return postponed
  }
  const routes = [
    ...routesOf(engine),
    ...configurationRoutes({ config: () => current, reload, registry: parts.registry }),
  ]
  const server = undo.use(createServer({ routes, logger: logger.named('api'), version }))
  const { group, tls } = config
  await server.listen(config.listen, { group, inheritedFds: options.inheritedFds, ...(tls ? { tls } : {}) })
  const resources = undo.move()
  return {
    reload,
    async shutdown() {
      await server.close()
      if (current.isLiveRestore) return
      await engine.stopContainers(current.shutdownTimeoutSeconds)
      // What the exits have begun is done before the monitor goes.
      await engine[Symbol.asyncDispose]()
      await endMonitor(monitor)
      await removeCgroup(cgroupParent(config))
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

interface Parts {
  engine: Engine
  registry: RegistryClient
  snapshotterReason: string
  monitor: Monitor
}

/** What can be opened side by side is: the start is felt. */
async function openParts(
  { config, logger, monitorPath, proxy, failpoints }: DaemonOptions,
  undo: AsyncDisposableStack,
): Promise<Parts> {
  const { dataRoot, execRoot } = config
  const database = openStateDatabase(dataRoot)
  undo.defer(() => database.close())
  const registry = undo.use(
    openRegistryClient({ ...registryClientOptions(config, proxy), logger: logger.named('registry') }),
  )
  const layers = undo.use(layerWriter())
  const failpoint = openFailpoints(failpoints, logger)
  const opened = await Promise.all([
    engineIdentity(dataRoot),
    openContentStore({
      directory: join(dataRoot, 'content'),
      database,
      logger: logger.named('content'),
      failpoint,
    }).then((store) => undo.use(store)),
    openSnapshotter(config, { logger, failpoint, undo }),
    connectMonitor({ runDirectory: execRoot, entryPath: monitorPath, logger: logger.named('monitor') }).then(
      (it) => undo.use(it),
    ),
    findRuntimes(runtimeOptions(config, logger)),
    openBridge(config, logger, undo),
  ])
  const [engineId, content, { snapshotter, reason }, monitor, runtimes, bridge] = opened
  const engine = await openEngine({
    database,
    content,
    snapshotter,
    layerWriter: layers,
    registry,
    monitor,
    runtimes,
    specPlatform: readSpecPlatform(),
    sandboxes: openSandboxes({ runDirectory: execRoot, kernel }),
    bridge,
    kernel,
    logger: logger.named('engine'),
    platform: hostPlatform(process.arch),
    downloadsMax: config.maxConcurrentDownloads,
    uploadsMax: config.maxConcurrentUploads,
    settings: containerSettings(config, engineId),
    info: { ...infoSettings(config, proxy), snapshotterReason: reason },
    failpoint,
  })
  undo.use(engine)
  return { engine, registry, snapshotterReason: reason, monitor }
}

async function openSnapshotter(
  config: DaemonConfig,
  { logger, failpoint, undo }: { logger: Logger; failpoint: Failpoint; undo: AsyncDisposableStack },
) {
  const choice = await chooseSnapshotter({
    directory: join(config.dataRoot, 'snapshots'),
    runDirectory: config.execRoot,
    kernel,
    logger: logger.named('snapshots'),
    failpoint,
    ...(config.storageDriver ? { prefer: config.storageDriver } : {}),
  })
  undo.use(choice.snapshotter)
  logger.info('Snapshotter chosen', { snapshotter: choice.snapshotter.name, reason: choice.reason })
  return choice
}

async function openBridge(
  config: DaemonConfig,
  logger: Logger,
  undo: AsyncDisposableStack,
): Promise<BridgeNetwork | undefined> {
  if (!config.bridge.isEnabled) return undefined
  const database = openDatabase(join(config.execRoot, 'network.db'))
  undo.defer(() => database.close())
  const bridge = await openBridgeNetwork({
    bridge: config.bridge.name ?? defaultBridge,
    database,
    kernel,
    logger: logger.named('network'),
    ...(config.bridge.address ? { subnet: config.bridge.address } : {}),
  })
  return undo.use(bridge)
}

function runtimeOptions({ runtimes, defaultRuntime }: DaemonConfig, logger: Logger) {
  const configured = Object.fromEntries(Object.entries(runtimes).map(([name, { path }]) => [name, path]))
  return {
    configured,
    logger: logger.named('runtimes'),
    ...(defaultRuntime ? { defaultName: defaultRuntime } : {}),
  }
}

function containerSettings(config: DaemonConfig, engineId: string): ContainerSettings {
  return {
    engineId,
    startedAt: new Date().toISOString(),
    dataDirectory: config.dataRoot,
    runDirectory: config.execRoot,
    cgroupParent: cgroupParent(config),
    hostResolvConf: '/etc/resolv.conf',
    hostHostname: hostname(),
    logDefaults: parseLogOptions(config.logOptions),
  }
}

const cgroupParent = (config: DaemonConfig): string => config.cgroupParent ?? defaultCgroupParent

function infoSettings(config: DaemonConfig, environment: ProxySettings) {
  return {
    version,
    mirrors: config.registryMirrors,
    insecureRegistries: config.insecureRegistries,
    isDebug: config.isDebug,
    isLiveRestore: config.isLiveRestore,
    dataRoot: config.dataRoot,
    proxy: { ...environment, ...config.proxy },
  }
}

const routesOf = (engine: Engine): Route[] => [
  ...systemRoutes(engine),
  ...imageArchiveRoutes(engine.images),
  ...imageRoutes(engine.images),
  ...imagePushRoutes(engine.images),
  ...containerRoutes(engine.containers),
  ...containerFileRoutes(engine.containers),
  ...containerArchiveRoutes(engine.containers),
  ...execRoutes(engine.containers),
  ...networkRoutes(engine.networks),
  ...registryRoutes(engine.registries),
  ...pruneRoutes(engine),
  ...storageRoutes(engine),
]

/** The mode holds whatever the umask says, also for a directory that was there. */
async function openDirectory(path: string, mode: number): Promise<void> {
  await mkdir(path, { recursive: true, mode })
  await chmod(path, mode)
}

/** With containers left, for example those that could not be stopped, it stays to watch them. */
async function endMonitor(monitor: Monitor): Promise<void> {
  try {
    await monitor.shutdown()
  } catch (error) {
    if (!isCoded(error, 'failed-precondition')) throw error
  }
}
