import type { HostConfig, Mount } from '@berth/api'
import { CodedError } from '@berth/stdx'
import { posix } from 'node:path'

/** One mount that a person asked for, whichever of Docker's ways was used to say so. */
export interface ContainerMount {
  type: 'bind' | 'tmpfs'
  /** Absolute path on the host; empty for tmpfs. */
  source: string
  /** Absolute, clean. */
  target: string
  isReadOnly: boolean
  propagation: string
  /** Whether a missing source folder is made. */
  createSource: boolean
  isRecursive: boolean
  /** Options of a tmpfs as mount(8) writes them. */
  tmpfsOptions: string[]
  /** The third part of `source:target:mode`, as written. */
  mode: string
}

const propagations = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave']
/** `z` and `Z` relabel for SELinux, which is not in use where they are ignored; `nocopy` is for volumes. */
const ignoredModes = ['z', 'Z', 'nocopy', 'rw', 'consistent', 'cached', 'delegated']

/** The one list of mounts that everything else goes by: Binds, Mounts and Tmpfs of a request. */
export function containerMounts(
  hostConfig: Pick<HostConfig, 'Binds' | 'Mounts' | 'Tmpfs'>,
): ContainerMount[] {
  const mounts = [
    ...(hostConfig.Binds ?? []).map(parseBind),
    ...(hostConfig.Mounts ?? []).map(parseMount),
    ...Object.entries(hostConfig.Tmpfs ?? {}).map(([target, options]) =>
      tmpfs(target, options === '' ? [] : options.split(',')),
    ),
  ]
  const targets = new Set<string>()
  for (const { target } of mounts) {
    if (targets.has(target)) throw invalid(`Duplicate mount point: ${target}`)
    targets.add(target)
  }
  return mounts
}

function parseBind(text: string): ContainerMount {
  const [source = '', target, mode = '', ...rest] = text.split(':')
  if (target === undefined || rest.length > 0) throw invalid(`invalid volume specification: '${text}'`)
  if (!source.startsWith('/')) throw namedVolume(source)
  const modes = mode.split(',').filter((word) => word !== '')
  const unknown = modes.find(
    (word) => word !== 'ro' && !propagations.includes(word) && !ignoredModes.includes(word),
  )
  if (unknown !== undefined) throw invalid(`invalid mode: ${mode}`)
  return {
    ...bind(source, target),
    isReadOnly: modes.includes('ro'),
    propagation: modes.find((word) => propagations.includes(word)) ?? 'rprivate',
    createSource: true,
    mode,
  }
}

function parseMount(mount: Mount): ContainerMount {
  switch (mount.Type) {
    case 'tmpfs':
      return tmpfsMount(mount)
    case 'bind':
      return bindMount(mount)
    case 'volume':
      throw namedVolume(mount.Source ?? '')
    default:
      throw new CodedError(
        'not-implemented',
        `Cannot mount ${JSON.stringify(mount.Target)}: mounts of type ${JSON.stringify(mount.Type)} are not supported by this engine yet`,
      )
  }
}

function tmpfsMount({ Target, ReadOnly = false, TmpfsOptions }: Mount): ContainerMount {
  const { SizeBytes, Mode } = TmpfsOptions ?? {}
  const options = [...(SizeBytes ? [`size=${SizeBytes}`] : []), ...(Mode ? [`mode=${Mode.toString(8)}`] : [])]
  return { ...tmpfs(Target, options), isReadOnly: ReadOnly }
}

function bindMount({ Source = '', Target, ReadOnly = false, BindOptions }: Mount): ContainerMount {
  if (!Source.startsWith('/')) {
    throw invalid(
      `invalid mount config for type "bind": invalid mount path: '${Source}' mount path must be absolute`,
    )
  }
  return {
    ...bind(Source, Target),
    isReadOnly: ReadOnly,
    propagation: BindOptions?.Propagation || 'rprivate',
    createSource: BindOptions?.CreateMountpoint ?? false,
    isRecursive: !BindOptions?.NonRecursive,
  }
}

function bind(source: string, target: string): ContainerMount {
  return {
    type: 'bind',
    source: posix.normalize(source),
    target: cleanTarget(target),
    isReadOnly: false,
    propagation: 'rprivate',
    createSource: false,
    isRecursive: true,
    tmpfsOptions: [],
    mode: '',
  }
}

function tmpfs(target: string, options: string[]): ContainerMount {
  return { ...bind('', target), type: 'tmpfs', source: '', propagation: '', tmpfsOptions: options }
}

function cleanTarget(target: string): string {
  if (!target.startsWith('/')) throw invalid(`invalid mount path: '${target}' mount path must be absolute`)
  const clean = posix.normalize(target).replace(/(.)\/$/, '$1')
  if (clean === '/') throw invalid(`invalid volume specification: destination can't be '/'`)
  return clean
}

function namedVolume(name: string): CodedError {
  return new CodedError(
    'not-implemented',
    `Cannot mount ${name === '' ? 'an anonymous volume' : `volume ${JSON.stringify(name)}`}: volumes are not supported by this engine yet`,
    {
      hint: 'Bind a folder of the host with an absolute path instead.',
    },
  )
}

const invalid = (message: string): CodedError => new CodedError('invalid-argument', message)
