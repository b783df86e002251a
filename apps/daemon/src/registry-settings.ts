import {
  usualCertsDirectories,
  type ProxySettings,
  type RegistryClientOptions,
  type RegistrySettings,
} from '@berth/registry-client'
import type { DaemonConfig } from './config/daemon-config.ts'
import { version } from './version.ts'

/** How the engine meets registries; `environment` are the proxies that the machine names, and the configuration counts more. */
export function registryClientOptions(
  config: DaemonConfig,
  environment: ProxySettings,
): RegistryClientOptions {
  return {
    ...registrySettings(config),
    certsDirectories: usualCertsDirectories,
    proxy: { ...environment, ...config.proxy },
    userAgent: `berth/${version} (linux)`,
  }
}

/** The part that can change while the engine runs. */
export const registrySettings = ({
  registryMirrors,
  insecureRegistries,
}: DaemonConfig): RegistrySettings => ({
  mirrors: registryMirrors,
  insecureRegistries,
})
