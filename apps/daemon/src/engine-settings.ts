import { parseLogOptions, type ContainerSettings } from '@berth/engine'
import type { ProxySettings } from '@berth/registry-client'
import { hostname } from 'node:os'
import type { DaemonConfig } from './config/daemon-config.ts'
import { version } from './version.ts'

const defaultCgroupParent = '/berth'

/** What all containers are made with. */
export function containerSettings(config: DaemonConfig, engineId: string): ContainerSettings {
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

/** Below which all containers run. */
export const cgroupParent = (config: DaemonConfig): string => config.cgroupParent ?? defaultCgroupParent

/** What `info` says of the configuration. */
export function infoSettings(config: DaemonConfig, environment: ProxySettings) {
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
