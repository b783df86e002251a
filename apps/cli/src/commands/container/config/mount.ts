import { parseBinarySize, parseGoBoolean, type Mount, type MountType } from '@berth/api'
import { CodedError } from '@berth/stdx'
import { resolve } from 'node:path'
import { parseCsvLine } from './csv-line.ts'

type Setter = (mount: Mount, value: string, key: string) => void

const propagations: readonly string[] = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave']

/** The mount with a relative source of a bind below `folder`. */
export function withAbsoluteSource(mount: Mount, folder: string): Mount {
  const isRelative =
    mount.Type === 'bind' && mount.Source !== undefined && /^\.{1,2}(\/|$)/.test(mount.Source)
  return isRelative ? { ...mount, Source: resolve(folder, mount.Source ?? '') } : mount
}

/** `type=bind,source=/a,target=/b,readonly` to a mount. */
export function parseMount(text: string): Mount {
  const mount: Mount = { Type: 'volume', Target: '' }
  for (const field of parseCsvLine(text)) applyField(mount, field)
  check(mount)
  return mount
}

function applyField(mount: Mount, field: string): void {
  const equals = field.indexOf('=')
  const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase()
  const value = equals < 0 ? undefined : field.slice(equals + 1)
  const setter = Object.hasOwn(setters, key) ? setters[key] : undefined
  if (value === undefined && !switches.has(key)) {
    throw invalid(
      setter ? `invalid field '${field}' must be a key=value pair` : `unexpected key '${key}' in '${field}'`,
    )
  }
  if (!setter) throw invalid(`unexpected key '${key}' in '${field}'`)
  setter(mount, value ?? 'true', key)
}

const switches = new Set(['readonly', 'ro', 'volume-nocopy', 'bind-nonrecursive', 'bind-create-src'])

const setTarget: Setter = (mount, value) => {
  mount.Target = value
}
const setSource: Setter = (mount, value) => {
  mount.Source = value
}
const setReadOnly: Setter = (mount, value, key) => {
  mount.ReadOnly = toBoolean(key, value)
}

const setters: Readonly<Record<string, Setter>> = {
  type(mount, value) {
    // Which types there are is the engine's to say.
    mount.Type = value.toLowerCase() as MountType
  },
  source: setSource,
  src: setSource,
  target: setTarget,
  dst: setTarget,
  destination: setTarget,
  readonly: setReadOnly,
  ro: setReadOnly,
  consistency(mount, value) {
    mount.Consistency = value.toLowerCase() as NonNullable<Mount['Consistency']>
  },
  'bind-propagation'(mount, value) {
    if (!propagations.includes(value.toLowerCase())) throw invalid(`invalid propagation mode: ${value}`)
    ;(mount.BindOptions ??= {}).Propagation = value.toLowerCase() as 'private'
  },
  'bind-nonrecursive'(mount, value, key) {
    ;(mount.BindOptions ??= {}).NonRecursive = toBoolean(key, value)
  },
  'bind-create-src'(mount, value, key) {
    ;(mount.BindOptions ??= {}).CreateMountpoint = toBoolean(key, value)
  },
  'bind-recursive'(mount, value) {
    const options = (mount.BindOptions ??= {})
    if (value === 'disabled') options.NonRecursive = true
    else if (value === 'writable') options.ReadOnlyNonRecursive = true
    else if (value === 'readonly') options.ReadOnlyForceRecursive = true
    else if (value !== 'enabled')
      throw invalid(
        `invalid value for bind-recursive: ${value} (must be "enabled", "disabled", "writable", or "readonly")`,
      )
  },
  'volume-subpath'(mount, value) {
    ;(mount.VolumeOptions ??= {}).Subpath = value
  },
  'image-subpath'(mount, value) {
    ;(mount.ImageOptions ??= {}).Subpath = value
  },
  'volume-nocopy'(mount, value, key) {
    ;(mount.VolumeOptions ??= {}).NoCopy = toBoolean(key, value)
  },
  'volume-label'(mount, value) {
    const options = (mount.VolumeOptions ??= {})
    options.Labels = { ...options.Labels, ...pair(value) }
  },
  'volume-driver'(mount, value) {
    const options = (mount.VolumeOptions ??= {})
    options.DriverConfig = { ...options.DriverConfig, Name: value }
  },
  'volume-opt'(mount, value) {
    const options = (mount.VolumeOptions ??= {})
    options.DriverConfig = {
      ...options.DriverConfig,
      Options: { ...options.DriverConfig?.Options, ...pair(value) },
    }
  },
  'tmpfs-size'(mount, value) {
    ;(mount.TmpfsOptions ??= {}).SizeBytes = parseBinarySize(value)
  },
  'tmpfs-mode'(mount, value) {
    if (!/^[0-7]{1,10}$/.test(value)) throw invalid(`invalid value for tmpfs-mode: ${value}`)
    ;(mount.TmpfsOptions ??= {}).Mode = Number.parseInt(value, 8)
  },
}

const optionsOf = [
  ['BindOptions', 'bind', 'bind-*'],
  ['VolumeOptions', 'volume', 'volume-*'],
  ['ImageOptions', 'image', 'image-*'],
  ['TmpfsOptions', 'tmpfs', 'tmpfs-*'],
] as const

function check(mount: Mount): void {
  if (mount.Target === '') throw invalid('target is required')
  for (const [key, type, name] of optionsOf) {
    if (mount[key] !== undefined && mount.Type !== type)
      throw invalid(`cannot mix '${name}' options with mount type '${mount.Type}'`)
  }
}

function toBoolean(key: string, value: string): boolean {
  const result = parseGoBoolean(value)
  if (result === undefined) throw invalid(`invalid value for ${key}: ${value}`)
  return result
}

function pair(text: string): Record<string, string> {
  const equals = text.indexOf('=')
  return equals < 0 ? { [text]: '' } : { [text.slice(0, equals)]: text.slice(equals + 1) }
}

function invalid(message: string): CodedError {
  return new CodedError('invalid-argument', message, {
    hint: 'A mount looks like type=bind,source=/on/host,target=/in/container,readonly.',
  })
}
