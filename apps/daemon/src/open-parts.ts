import { openContentStore } from '@berth/content'
import { engineIdentity, openEngine, type Engine } from '@berth/engine'
import { layerWriter } from '@berth/layer'
import { openBridgeNetwork, openSandboxes, type BridgeNetwork } from '@berth/network'
import { hostPlatform } from '@berth/oci'
import { openRegistryClient, type ProxySettings, type RegistryClient } from '@berth/registry-client'
import { connectMonitor, findRuntimes, readSpecPlatform, type Monitor } from '@berth/runtime'
import { chooseSnapshotter } from '@berth/snapshot'
import { openDatabase, type Failpoint, type Logger } from '@berth/stdx'
import { linuxKernel as kernel } from '@berth/syscalls'
import { join } from 'node:path'
import type { DaemonConfig } from './config/daemon-config.ts'
import { containerSettings, infoSettings } from './engine-settings.ts'
import { openFailpoints } from './failpoints.ts'
import { registryClientOptions } from './registry-settings.ts'
import { openStateDatabase } from './state-database.ts'

const defaultBridge = 'berth0'

export interface PartsOptions {
  config: DaemonConfig
  logger: Logger
  /** The program that supervises containers. */
  monitorPath: string
  /** What the environment says of proxies. */
  proxy: ProxySettings
  /** Steps that fail on purpose, as `armFailpoints` reads them. */
  failpoints: string | undefined
}

/** The engine, and what else the daemon has to do with. */
export interface Parts {
  engine: Engine
  registry: RegistryClient
  snapshotterReason: string
  monitor: Monitor
}

/** Opens the mechanisms and the engine over them. What can be opened side by side is: the start is felt. */
export async function openParts(
  { config, logger, monitorPath, proxy, failpoints }: PartsOptions,
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
