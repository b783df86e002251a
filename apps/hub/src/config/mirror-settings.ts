import type { UpstreamLimits } from '@berth/registry-server'
import { RefusedSetting } from './refused-setting.ts'

/** Which registries a hub mirrors, as its command line says it. */
export interface MirrorSettings {
  upstreams: readonly UpstreamSettings[]
  /** The namespace meant by requests that name none. */
  fallback: string | undefined
  tagTtlMs: number | undefined
  limitBytes: number | undefined
  pins: readonly string[]
  /** A config.json as `docker login` writes it; its `auths` are sent to upstreams. */
  credentialsFile: string | undefined
}

export interface UpstreamSettings {
  /** As references name the registry, and the first component of its repositories' names here. */
  name: string
  url: URL
  /** Hosts of the hub that stand for it. */
  hosts: readonly string[]
  limits: UpstreamLimits
}

/** Flags as they came. */
export interface MirrorFlags {
  upstream?: readonly string[] | undefined
  'upstream-host'?: readonly string[] | undefined
  'upstream-auth'?: string | undefined
  'upstream-concurrency'?: readonly string[] | undefined
  'upstream-rate'?: readonly string[] | undefined
  'upstream-bandwidth'?: readonly string[] | undefined
  'tag-ttl'?: string | undefined
  'cache-size'?: string | undefined
  pin?: readonly string[] | undefined
}

const mirrorFlagNames = [
  'upstream-host',
  'upstream-auth',
  'upstream-concurrency',
  'upstream-rate',
  'upstream-bandwidth',
  'tag-ttl',
  'cache-size',
  'pin',
] as const satisfies readonly (keyof MirrorFlags)[]

const dockerHub = { name: 'docker.io', host: 'registry-1.docker.io' }

/** `isMirrorOnly`: requests that name no registry are for the first upstream, not for repositories of the hub itself. */
export function parseMirrorSettings(flags: MirrorFlags, isMirrorOnly: boolean): MirrorSettings {
  const hosts = (flags['upstream-host'] ?? []).map(parseHost)
  const limits = parseLimits(flags)
  const upstreams = (flags.upstream ?? []).map((text) => {
    const upstream = parseUpstream(text, hosts)
    return { ...upstream, limits: limits.of(upstream.name) }
  })
  if (isMirrorOnly && upstreams.length === 0) throw new RefusedSetting('mirror needs at least one --upstream')
  if (upstreams.length === 0) refuseFlagsOfMirrors(flags)
  const names = new Set(upstreams.map(({ name }) => name))
  if (names.size < upstreams.length) throw new RefusedSetting('two --upstream have the same name')
  expectHosts(hosts, names)
  const limited = limits.names.find((name) => !names.has(name))
  if (limited !== undefined) throw new RefusedSetting(`a limit for ${limited} names no --upstream`)
  if (flags.pin && flags['cache-size'] === undefined)
    throw new RefusedSetting('--pin keeps what would be dropped, which nothing is without --cache-size')
  return {
    upstreams,
    fallback: isMirrorOnly ? upstreams[0]?.name : undefined,
    tagTtlMs: parseDuration('--tag-ttl', flags['tag-ttl']),
    limitBytes:
      flags['cache-size'] === undefined ? undefined : parseAmount('--cache-size', flags['cache-size']),
    pins: flags.pin ?? [],
    credentialsFile: flags['upstream-auth'],
  }
}

/** What is about upstreams does nothing where there are none. */
function refuseFlagsOfMirrors(flags: MirrorFlags): void {
  const stray = mirrorFlagNames.find((name) => flags[name] !== undefined)
  if (stray !== undefined)
    throw new RefusedSetting(`--${stray} is about mirrored registries: it needs --upstream`)
}

function expectHosts(hosts: readonly { host: string; name: string }[], names: ReadonlySet<string>): void {
  const seen = new Set<string>()
  for (const { host, name } of hosts) {
    if (!names.has(name)) throw new RefusedSetting(`--upstream-host ${host}=${name} names no --upstream`)
    if (seen.has(host)) throw new RefusedSetting(`two --upstream-host are for ${host}`)
    seen.add(host)
  }
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90m` and the like, in milliseconds. */
export function parseDuration(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count === undefined)
    throw new RefusedSetting(`${flag} ${JSON.stringify(text)} is not a duration like 90m`)
  return Number(count) * (unitMs[unit] ?? 0)
}

const unitBytes: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }

/** `50G` and the like, in bytes. */
export function parseSize(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const [, count, unit = ''] = /^(\d{1,9})([KMGT]?)$/.exec(text) ?? []
  if (count === undefined) throw new RefusedSetting(`${flag} ${JSON.stringify(text)} is not a size like 50G`)
  return Number(count) * (unitBytes[unit] ?? 1)
}

/** `docker.io`, `https://host[:port][/path]`, or one of these after `name=`. */
function parseUpstream(
  text: string,
  hosts: readonly { host: string; name: string }[],
): Omit<UpstreamSettings, 'limits'> {
  const [, givenName, target = text] = /^([a-z0-9][a-z0-9.-]*)=(.+)$/.exec(text) ?? []
  const url = URL.parse(target.includes('://') ? target : `https://${target}`)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw new RefusedSetting(`--upstream ${JSON.stringify(redacted(text))} is not [NAME=]URL`)
  if (url.host === dockerHub.name) url.host = dockerHub.host
  const ownName = url.host === dockerHub.host ? dockerHub.name : url.host.replace(/[^a-z0-9.-]+/g, '-')
  const name = givenName ?? ownName
  return { name, url, hosts: hosts.filter((host) => host.name === name).map(({ host }) => host) }
}

function parseHost(text: string): { host: string; name: string } {
  const [, host, name] = /^([a-z0-9.-]+(?::\d+)?)=([a-z0-9.-]+)$/.exec(text) ?? []
  if (host === undefined || name === undefined)
    throw new RefusedSetting(`--upstream-host ${JSON.stringify(text)} is not HOST=NAME`)
  return { host, name }
}

/** Limits as `VALUE` for every upstream or `NAME=VALUE` for one. */
function parseLimits(flags: MirrorFlags): { names: string[]; of: (name: string) => UpstreamLimits } {
  const concurrency = parseByName('--upstream-concurrency', flags['upstream-concurrency'], parseCount)
  const requestsPerMinute = parseByName('--upstream-rate', flags['upstream-rate'], parseCount)
  const bytesPerSecond = parseByName('--upstream-bandwidth', flags['upstream-bandwidth'], parseAmount)
  const maps = [concurrency, requestsPerMinute, bytesPerSecond]
  const find = (map: ReadonlyMap<string, number>, name: string) => map.get(name) ?? map.get('')
  return {
    names: maps.flatMap((map) => [...map.keys()]).filter((name) => name !== ''),
    of: (name) => ({
      concurrency: find(concurrency, name),
      requestsPerMinute: find(requestsPerMinute, name),
      bytesPerSecond: find(bytesPerSecond, name),
    }),
  }
}

function parseByName(
  flag: string,
  texts: readonly string[] | undefined,
  parse: (flag: string, text: string) => number,
): Map<string, number> {
  const values = new Map<string, number>()
  for (const text of texts ?? []) {
    const [, name = '', value = text] = /^([a-z0-9.-]+)=(.+)$/.exec(text) ?? []
    if (values.has(name)) throw new RefusedSetting(`two ${flag} are for ${name || 'every upstream'}`)
    values.set(name, parse(flag, value))
  }
  return values
}

export function parseCount(flag: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new RefusedSetting(`${flag} ${JSON.stringify(text)} is not a number from 1 on`)
  return Number(text)
}

function parseAmount(flag: string, text: string): number {
  const bytes = parseSize(flag, text)
  if (!bytes) throw new RefusedSetting(`${flag} ${JSON.stringify(text)} is no amount of bytes`)
  return bytes
}

function redacted(text: string): string {
  return text.replace(/\/\/[^/@]*@/, '//xxxxx@')
}
