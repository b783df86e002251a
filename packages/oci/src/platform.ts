/** OCI image specification, image-index.md, `platform`. */
export interface Platform {
  architecture: string
  os: string
  variant?: string
  'os.version'?: string
  'os.features'?: string[]
}

const defaultOs = 'linux'

/** Other names of an architecture; some say the variant too, whatever else is written. */
const aliases = new Map<string, { architecture: string; variant?: string }>([
  ['x86_64', { architecture: 'amd64' }],
  ['x86-64', { architecture: 'amd64' }],
  ['aarch64', { architecture: 'arm64' }],
  ['armhf', { architecture: 'arm', variant: 'v7' }],
  ['armel', { architecture: 'arm', variant: 'v6' }],
  ['i386', { architecture: '386', variant: '' }],
])

/** Other names of variants; '' is the usual one, which image indexes leave out. */
const variants = new Map<string, string>([
  ['amd64/v1', ''],
  ...['8', 'v8', '8.0', 'v8.0'].map((name) => [`arm64/${name}`, ''] as const),
  ...['9', '9.0', 'v9.0'].map((name) => [`arm64/${name}`, 'v9'] as const),
  ['arm/', 'v7'],
  ...['5', '6', '7', '8'].map((level) => [`arm/${level}`, `v${level}`] as const),
])

/** Node's names of architectures that have another here. */
const nodeArchitectures = new Map([
  ['x64', 'amd64'],
  ['ia32', '386'],
])

/** Lower case, the usual names, no variant where it is the usual one (for arm, `v7` is written out). */
export function normalizePlatform({ variant: written, ...platform }: Platform): Platform {
  const os = platform.os.toLowerCase() || defaultOs
  const name = platform.architecture.toLowerCase()
  const { architecture, variant: implied } = aliases.get(name) ?? { architecture: name }
  const asked = implied ?? written?.toLowerCase() ?? ''
  const variant = variants.get(`${architecture}/${asked}`) ?? asked
  return {
    ...platform,
    os: os === 'macos' ? 'darwin' : os,
    architecture,
    ...(variant === '' ? {} : { variant }),
  }
}

/** `os/architecture[/variant]`. */
export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter((part) => part).join('/')
}

/** The platform of this machine, or of one whose architecture Node calls `arch`. */
export function hostPlatform(arch: string = process.arch): Platform {
  return normalizePlatform({ os: defaultOs, architecture: nodeArchitectures.get(arch) ?? arch })
}
