import { parseArgs } from 'node:util'
import { CodedError, messageOf } from '@berth/stdx'
import { RefusedSetting } from './refused-setting.ts'

const text = { type: 'string' } as const
const texts = { type: 'string', multiple: true } as const
const yes = { type: 'boolean' } as const

/** What `serve` and `mirror` are told; a configuration file has the same names, environment variables similar ones. */
export const serveFlags = {
  listen: text,
  data: text,
  database: text,
  storage: text,
  'log-level': text,
  workers: text,
  'client-connections': text,
  policies: text,
  access: text,
  'public-url': text,
  'trusted-proxy': texts,
  'sign-up': text,
  'api-limit': text,
  'pull-limit': text,
  'anonymous-pull-limit': text,
  'webhook-allow': texts,
  htpasswd: text,
  public: texts,
  'auth-scheme': text,
  'token-key': text,
  'tls-cert': text,
  'tls-key': text,
  metrics: text,
  upstream: texts,
  'upstream-host': texts,
  'upstream-auth': text,
  'upstream-concurrency': texts,
  'upstream-rate': texts,
  'upstream-bandwidth': texts,
  'tag-ttl': text,
  'cache-size': text,
  pin: texts,
} as const

const flags = {
  ...serveFlags,
  config: text,
  validate: yes,
  name: text,
  email: text,
  'password-stdin': yes,
  'dry-run': yes,
  grace: text,
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

export type FlagValues = ReturnType<typeof parseFlags>['values']

/** Reads a command line; throws `invalid-argument`. */
export function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags, allowPositionals: true })
  } catch (error) {
    // What follows is how to give a file such a name.
    const [state = ''] = messageOf(error).split('. ')
    throw new RefusedSetting(state, { hint: "See 'berth-hub COMMAND --help'." })
  }
}

/** Values of flags from elsewhere than the command line. */
export type GivenFlags = Partial<Record<keyof typeof serveFlags, string | string[]>>

/** `BERTH_HUB_PUBLIC_URL` for `public-url`. */
export function environmentName(flag: string): string {
  return `BERTH_HUB_${flag.toUpperCase().replaceAll('-', '_')}`
}

/** Several values are separated by blanks. */
export function flagsOfEnvironment(environment: NodeJS.ProcessEnv): GivenFlags {
  const given: GivenFlags = {}
  for (const name of flagNames()) {
    const value = environment[environmentName(name)]
    if (value) given[name] = isMultiple(name) ? value.split(/\s+/).filter(Boolean) : value
  }
  return given
}

/** Flags of a parsed configuration file; throws `invalid-argument`, in words that name the key. */
export function flagsOfDocument(document: unknown, path: string): GivenFlags {
  const refused = (state: string) => new CodedError('invalid-argument', `Cannot read ${path}: ${state}`)
  if (document === null || document === undefined) return {}
  if (typeof document !== 'object' || Array.isArray(document))
    throw refused('it is no list of names and values')
  const given: GivenFlags = {}
  for (const [key, value] of Object.entries(document)) {
    const name = flagNames().find((known) => known === key)
    if (!name) throw refused(`there is no setting ${JSON.stringify(key)}`)
    const values = (Array.isArray(value) ? value : [value]) as unknown[]
    if (!values.every(isScalar)) throw refused(`${key} is neither text nor number`)
    if (values.length !== 1 && !isMultiple(name)) throw refused(`${key} has several values`)
    given[name] = isMultiple(name) ? values.map(String) : String(values[0])
  }
  return given
}

function flagNames(): (keyof typeof serveFlags)[] {
  return Object.keys(serveFlags) as (keyof typeof serveFlags)[]
}

function isMultiple(name: keyof typeof serveFlags): boolean {
  return 'multiple' in serveFlags[name]
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}
