import type { Engine } from '@berth/engine'
import { removeCgroup, type Monitor } from '@berth/runtime'
import { isCoded, makeDirectory } from '@berth/stdx'
import { linuxKernel as kernel } from '@berth/syscalls'
import { chmod } from 'node:fs/promises'
import { claimDirectory } from './claim-directory.ts'
import type { DaemonConfig } from './config/daemon-config.ts'
import { nextConfig } from './config/next-config.ts'
import { cgroupParent, infoSettings } from './engine-settings.ts'
import { openParts, type Parts, type PartsOptions } from './open-parts.ts'
import { writePidFile } from './pid-file.ts'
import { registrySettings } from './registry-settings.ts'
import { requireHost } from './require-host.ts'
import { configurationRoutes, type Configuration } from './routes/configuration.ts'
import { containerArchiveRoutes } from './routes/container-archive.ts'
import { containerFileRoutes } from './routes/container-files.ts'
import { containerRoutes } from './routes/containers.ts'
import { execRoutes } from './routes/execs.ts'
import { imageArchiveRoutes } from './routes/image-archives.ts'
import { imagePushRoutes } from './routes/image-push.ts'
import { imageRoutes } from './routes/images.ts'
import { networkRoutes } from './routes/networks.ts'
import { pruneRoutes } from './routes/prune.ts'
import { registryRoutes } from './routes/registries.ts'
import { storageRoutes } from './routes/storage.ts'
import { systemRoutes } from './routes/system.ts'
import type { Route } from './server/route.ts'
import { createServer } from './server/server.ts'
import { version } from './version.ts'

export interface DaemonOptions extends PartsOptions {
  /** The configuration as it is written now; throws `invalid-argument`. */
  reread: () => DaemonConfig
  /** Sockets that systemd opened for this process. */
  inheritedFds: readonly number[]
  /** The PATH that programs are looked for along. */
  searchPath: string
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

/** Puts the engine together: what it claims of the machine, its parts, then the API on its sockets. */
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
  const configuration = reloadableConfiguration(options, parts)
  const routes = [...routesOf(engine), ...configurationRoutes(configuration)]
  const server = undo.use(createServer({ routes, logger: logger.named('api'), version }))
  const { group, tls } = config
  await server.listen(config.listen, { group, inheritedFds: options.inheritedFds, ...(tls ? { tls } : {}) })
  const resources = undo.move()
  return {
    reload: () => configuration.reload(),
    async shutdown() {
      await server.close()
      const { isLiveRestore, shutdownTimeoutSeconds } = configuration.config()
      if (isLiveRestore) return
      await engine.stopContainers(shutdownTimeoutSeconds)
      // What the exits have begun is done before the monitor goes.
      await engine[Symbol.asyncDispose]()
      await endMonitor(monitor)
      await removeCgroup(cgroupParent(config))
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** The configuration in use, until it is read again. */
function reloadableConfiguration(
  { config, reread, proxy, logger }: DaemonOptions,
  { engine, registry, snapshotterReason }: Parts,
): Configuration {
  let current = config
  return {
    registry,
    config: () => current,
    reload() {
      const { config: next, postponed } = nextConfig(current, reread())
      current = next
      registry.configure(registrySettings(next))
      engine.reload({ ...infoSettings(next, proxy), snapshotterReason })
      logger.info('Configuration reloaded')
      if (postponed.length > 0) logger.warn('Changes that need a new start of the engine', { postponed })
      return postponed
    },
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
  await makeDirectory(path, { mode })
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
