import type { MirrorReport, ReloadReport } from '@berth/api'
import type { RegistryClient } from '@berth/registry-client'
import type { DaemonConfig } from '../config/daemon-config.ts'
import { route, type Route } from '../server/route.ts'

export interface Configuration {
  /** As it is in use. */
  config: () => DaemonConfig
  reload: () => string[]
  registry: Pick<RegistryClient, 'downMirrors'>
}

/** How this engine is set up, and setting it up anew. `/berth/…` is this engine's own. */
export const configurationRoutes = ({ config, reload, registry }: Configuration): Route[] => [
  route('GET', '/berth/mirrors', (): MirrorReport => {
    const down = registry.downMirrors()
    return {
      ConfigFile: config().configFile,
      Mirrors: [...config().registryMirrors],
      Down: down.map(({ url, leftMs }) => ({ Mirror: url, Seconds: Math.ceil(leftMs / 1000) })),
    }
  }),
  route('POST', '/berth/reload', (): ReloadReport => {
    const postponed = reload()
    return { ConfigFile: config().configFile, Postponed: postponed }
  }),
]
