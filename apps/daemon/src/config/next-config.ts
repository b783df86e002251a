import { isDeepStrictEqual } from 'node:util'
import type { DaemonConfig } from './daemon-config.ts'

/** What a running engine takes over from a changed configuration. */
const reloadable = [
  'insecureRegistries',
  'isDebug',
  'isLiveRestore',
  'registryMirrors',
  'shutdownTimeoutSeconds',
] as const satisfies readonly (keyof DaemonConfig)[]

/** The configuration from now on, and what else was changed: it counts from the next start. */
export function nextConfig(
  current: DaemonConfig,
  wanted: DaemonConfig,
): { config: DaemonConfig; postponed: string[] } {
  const taken = Object.fromEntries(reloadable.map((key) => [key, wanted[key]]))
  const config: DaemonConfig = Object.freeze({ ...current, ...taken })
  const keys = Object.keys(wanted) as (keyof DaemonConfig)[]
  const postponed = keys.filter((key) => key !== 'warnings' && !isDeepStrictEqual(config[key], wanted[key]))
  return { config, postponed }
}
