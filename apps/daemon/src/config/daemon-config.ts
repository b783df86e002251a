import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { parseInsecureHosts, parseMirror, type ProxySettings } from '@berth/registry-client'
import { CodedError } from '@berth/stdx'
import { parseListenAddress, type ListenAddress } from '../server/listen-address.ts'
import { defaults } from './flags.ts'
import type { Settings } from './settings.ts'

export const logLevels = ['debug', 'info', 'warn', 'error', 'fatal'] as const
export type LogLevel = (typeof logLevels)[number]
const storageDrivers = { erofs: 'erofs', overlay: 'overlay', overlay2: 'overlay' } as const

export interface TlsConfig {
  /** Clients must show a certificate that `caFile` signed. */
  isVerified: boolean
  caFile: string
  certFile: string
  keyFile: string
}

/** Everything that berthd was told, checked and complete; nothing reads flags or files after it. */
export interface DaemonConfig {
  /** Where daemon.json is looked for. */
  readonly configFile: string
  readonly listen: readonly ListenAddress[]
  readonly tls: TlsConfig | undefined
  /** Owner group of unix sockets; `isRequired` when somebody asked for it, so that its absence is an error. */
  readonly group: { readonly name: string; readonly isRequired: boolean }
  readonly dataRoot: string
  readonly execRoot: string
  readonly pidFile: string
  readonly logLevel: LogLevel
  readonly logFormat: 'text' | 'json'
  readonly isDebug: boolean
  readonly registryMirrors: readonly string[]
  readonly insecureRegistries: readonly string[]
  /** What it says counts more than the environment. */
  readonly proxy: ProxySettings
  readonly maxConcurrentDownloads: number
  readonly maxConcurrentUploads: number
  /** Besides those found on PATH. */
  readonly runtimes: Readonly<Record<string, { readonly path: string; readonly args: readonly string[] }>>
  /** Undefined: the best that works here. */
  readonly defaultRuntime: string | undefined
  /** Undefined: what the kernel can. */
  readonly storageDriver: 'erofs' | 'overlay' | undefined
  /** `isEnabled` false: containers get no network but `none` and `host`. */
  readonly bridge: {
    readonly isEnabled: boolean
    readonly name: string | undefined
    readonly address: string | undefined
  }
  readonly cgroupParent: string | undefined
  readonly isLiveRestore: boolean
  readonly shutdownTimeoutSeconds: number
  readonly logDriver: string
  readonly logOptions: Readonly<Record<string, string>>
  readonly labels: readonly string[]
  /** To be logged at the start. */
  readonly warnings: readonly string[]
}

/** Fills in what was not said and checks what was; throws `invalid-argument`. */
export function resolveConfig(
  settings: Settings,
  { configFile, ignored }: { configFile: string; ignored: readonly string[] },
): DaemonConfig {
  const tls = resolveTls(settings)
  return Object.freeze({
    configFile,
    listen: (settings.hosts ?? [defaults.host]).map((host) =>
      parseListenAddress(host, { isTls: tls !== undefined }),
    ),
    tls,
    group: { name: settings.group ?? defaults.group, isRequired: settings.group !== undefined },
    ...resolvePaths(settings),
    ...resolveLogs(settings),
    ...resolveRegistries(settings),
    runtimes: resolveRuntimes(settings),
    defaultRuntime: settings['default-runtime'],
    storageDriver: resolveStorageDriver(settings),
    bridge: resolveBridge(settings),
    cgroupParent: settings['cgroup-parent'],
    isLiveRestore: settings['live-restore'] ?? false,
    shutdownTimeoutSeconds: settings['shutdown-timeout'] ?? defaults.shutdownTimeoutSeconds,
    labels: (settings.labels ?? []).map(checkedLabel),
    warnings: ignored.map((key) => `${JSON.stringify(key)} in the configuration file has no effect`),
  })
}

function resolvePaths(settings: Settings) {
  const execRoot = absolute('exec-root', settings['exec-root'] ?? defaults.execRoot)
  return {
    dataRoot: absolute('data-root', settings['data-root'] ?? defaults.dataRoot),
    execRoot,
    pidFile: absolute('pidfile', settings.pidfile ?? join(execRoot, 'berthd.pid')),
  }
}

function resolveLogs(settings: Settings) {
  const level = oneOf('log-level', settings['log-level'] ?? defaults.logLevel, logLevels)
  return {
    logLevel: settings.debug ? ('debug' as const) : level,
    logFormat: oneOf('log-format', settings['log-format'] ?? 'text', ['text', 'json'] as const),
    isDebug: settings.debug ?? false,
    logDriver: settings['log-driver'] ?? 'json-file',
    logOptions: settings['log-opts'] ?? {},
  }
}

function resolveRegistries(settings: Settings) {
  const insecureRegistries = settings['insecure-registries'] ?? []
  parseInsecureHosts(insecureRegistries)
  const downloads = settings['max-concurrent-downloads'] ?? defaults.maxConcurrentDownloads
  const uploads = settings['max-concurrent-uploads'] ?? defaults.maxConcurrentUploads
  return {
    registryMirrors: (settings['registry-mirrors'] ?? []).map((mirror) => parseMirror(mirror).href),
    insecureRegistries,
    proxy: resolveProxy(settings),
    maxConcurrentDownloads: positive('max concurrent downloads', downloads),
    maxConcurrentUploads: positive('max concurrent uploads', uploads),
  }
}

function resolveProxy({ proxies = {} }: Settings): ProxySettings {
  return {
    ...(proxies['http-proxy'] === undefined ? {} : { httpProxy: proxies['http-proxy'] }),
    ...(proxies['https-proxy'] === undefined ? {} : { httpsProxy: proxies['https-proxy'] }),
    ...(proxies['no-proxy'] === undefined ? {} : { noProxy: proxies['no-proxy'] }),
  }
}

function resolveTls(settings: Settings): TlsConfig | undefined {
  const { tlscacert, tlscert, tlskey, tlsverify = false } = settings
  if (!(settings.tls ?? tlsverify)) return undefined
  const fallback = (name: string) => join(homedir(), '.docker', name)
  return {
    isVerified: tlsverify,
    caFile: tlscacert ?? fallback('ca.pem'),
    certFile: tlscert ?? fallback('cert.pem'),
    keyFile: tlskey ?? fallback('key.pem'),
  }
}

function resolveRuntimes({ runtimes = {} }: Settings): DaemonConfig['runtimes'] {
  for (const name of Object.keys(runtimes)) {
    if (name === 'runc' || name === 'crun') throw invalid(`runtime name '${name}' is reserved`)
    if (!/^[\w.-]+$/.test(name)) throw invalid(`invalid runtime name ${JSON.stringify(name)}`)
  }
  return Object.fromEntries(
    Object.entries(runtimes).map(([name, { path, runtimeArgs }]) => [
      name,
      { path, args: runtimeArgs ?? [] },
    ]),
  )
}

function resolveStorageDriver({ 'storage-driver': name }: Settings): DaemonConfig['storageDriver'] {
  if (name === undefined) return undefined
  return storageDrivers[
    oneOf('storage-driver', name, Object.keys(storageDrivers) as (keyof typeof storageDrivers)[])
  ]
}

function resolveBridge({ bridge, bip }: Settings): DaemonConfig['bridge'] {
  if (bridge && bip)
    throw invalid('You specified -b & --bip, mutually exclusive options. Please specify only one')
  if (bip && !/^[\d.]+\/\d{1,2}$/.test(bip)) throw invalid(`invalid CIDR address: ${bip}`)
  return {
    isEnabled: bridge !== 'none',
    name: bridge === 'none' ? undefined : bridge || undefined,
    address: bip || undefined,
  }
}

function checkedLabel(label: string): string {
  if (!/^[^=]+=/.test(label)) throw invalid(`bad attribute format: ${label}`)
  return label
}

function absolute(name: string, path: string): string {
  if (!isAbsolute(path)) throw invalid(`${name} ${JSON.stringify(path)} is not an absolute path`)
  return path
}

function positive(name: string, value: number): number {
  if (value < 1) throw invalid(`invalid ${name}: ${value}`)
  return value
}

function oneOf<T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value)
  if (found === undefined)
    throw invalid(`invalid ${name} ${JSON.stringify(value)}: must be one of ${known.join(', ')}`)
  return found
}

function invalid(message: string): CodedError {
  return new CodedError('invalid-argument', message)
}
