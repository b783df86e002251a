import type { ProxySettings, RegistryClientOptions, RegistrySettings } from '@berth/registry-client'
import type { DaemonConfig } from './config/daemon-config.ts'
import { version } from './version.ts'

/** Docker's own folder counts too: certificates are often there already. */
const certsDirectories = ['/etc/berth/certs.d', '/etc/docker/certs.d']

/** How the engine meets registries; `environment` are the proxies that the machine names, and the configuration counts more. */
export function registryClientOptions(
  config: DaemonConfig,
  environment: ProxySettings,
): RegistryClientOptions {
  return {
    ...registrySettings(config),
    certsDirectories,
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

/** The usual variables, in lower case first, as other programs read them. */
export function environmentProxy(env: NodeJS.ProcessEnv): ProxySettings {
  const read = (name: string) => env[name.toLowerCase()] || env[name]
  return {
    httpProxy: read('HTTP_PROXY'),
    httpsProxy: read('HTTPS_PROXY'),
    noProxy: read('NO_PROXY'),
  }
}
