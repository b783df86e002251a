import { openRegistryHost, type Credentials, type RegistryHostOptions } from '@berth/registry-client'
import type { MirrorNamespace, MirrorsOptions, UpstreamLimits } from '@berth/registry-server'
import type { Logger } from '@berth/stdx'
import * as v from 'valibot'
import { readGivenFile, refusedFile } from '../config/given-file.ts'
import type { MirrorSettings, UpstreamSettings } from '../config/mirror-settings.ts'
import { registryUpstream } from './registry-upstream.ts'

/** A mirror's clients wait meanwhile, and there may be a copy of before: better no answer soon than one too late. */
const timeouts = { connectMs: 5_000, responseMs: 10_000, stallMs: 20_000 }

const concurrencyDefault = 16

/** What `docker login` writes, as far as it matters here. */
const configFile = v.object({
  auths: v.optional(v.record(v.string(), v.object({ auth: v.optional(v.string()) })), {}),
})

/** Opens the upstreams of a hub; `stack` closes them. */
export async function openMirrors(
  settings: MirrorSettings,
  { stack, logger, workers }: { stack: AsyncDisposableStack; logger: Logger; workers: number },
): Promise<MirrorsOptions> {
  const { fallback, limitBytes, pins, tagTtlMs, credentialsFile } = settings
  const findCredentials = await readCredentials(credentialsFile)
  const open = (upstream: UpstreamSettings): MirrorNamespace => {
    const { name, url, hosts } = upstream
    const limits = shareOf(upstream.limits, workers)
    const credentials = findCredentials(upstream)
    const options: RegistryHostOptions = { url, timeouts, logger, userAgent: 'berth-hub' }
    const host = stack.use(openRegistryHost(credentials ? { ...options, credentials } : options))
    const times = tagTtlMs === undefined ? {} : { tagTtlMs }
    return { name, aliases: [url.host], hosts, upstream: registryUpstream(host), limits, ...times }
  }
  return {
    namespaces: settings.upstreams.map(open),
    pins,
    ...(fallback !== undefined && { fallback }),
    ...(limitBytes !== undefined && { limitBytes }),
  }
}

/** Each of several processes takes its part, so that all together keep the limits. */
function shareOf(limits: UpstreamLimits, workers: number): UpstreamLimits {
  const { concurrency = concurrencyDefault, requestsPerMinute, bytesPerSecond } = limits
  return {
    concurrency: Math.ceil(concurrency / workers),
    requestsPerMinute: requestsPerMinute && requestsPerMinute / workers,
    bytesPerSecond: bytesPerSecond && bytesPerSecond / workers,
  }
}

async function readCredentials(
  path: string | undefined,
): Promise<(upstream: UpstreamSettings) => Credentials | undefined> {
  if (path === undefined) return () => undefined
  const auths = await readAuths(path)
  return ({ name, url }) => {
    const keys = name === 'docker.io' ? ['https://index.docker.io/v1/', name] : [url.host, url.origin, name]
    const auth = keys.map((key) => auths[key]?.auth).find((found) => found !== undefined)
    return auth === undefined ? undefined : parseAuth(auth)
  }
}

/**
 * What a config.json says of registries; throws `invalid-argument`. What is wrong with the file is not quoted: it holds
 * passwords.
 */
export async function readAuths(path: string) {
  const file = { flag: '--upstream-auth', path }
  const bytes = await readGivenFile(file)
  try {
    return v.parse(configFile, JSON.parse(String(bytes))).auths
  } catch {
    throw refusedFile(file, 'it is not a config.json of docker login')
  }
}

/** Base64 of `name:password`. */
function parseAuth(auth: string): Credentials {
  const text = Buffer.from(auth, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return { username: text.slice(0, colon), password: text.slice(colon + 1) }
}
