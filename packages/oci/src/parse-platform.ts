import { CodedError } from '@berth/stdx'
import { hostPlatform, normalizePlatform, type Platform } from './platform.ts'

/** Operating systems and architectures that may stand alone: those of Go, whose names the specification uses. */
const systems = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos'.split(
    ' ',
  ),
)
const architectures = new Set(
  (
    '386 amd64 amd64p32 arm arm64 arm64be armbe loong64 mips mips64 mips64le mips64p32 mips64p32le mipsle ' +
    'ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm'
  ).split(' '),
)

const systemPattern = /^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.-]*)\))?$/
const partPattern = /^[A-Za-z0-9_.-]+$/

/**
 * `os[(version)]`, `arch` or `os[(version)]/arch[/variant]` to a platform, as Docker reads it: what is not written is
 * this machine's. Throws `invalid-argument` in Docker's words.
 */
export function parsePlatform(text: string): Platform {
  const quoted = JSON.stringify(text)
  if (text.includes('*')) throw invalid(`${quoted}: wildcards not yet supported`)
  const [first = '', ...parts] = splitParts(text)
  const system = parseSystem(first, quoted)
  for (const part of parts) checkPart(part, quoted)
  const [architecture, variant, more] = parts
  if (more !== undefined) throw invalid(`${quoted}: cannot parse platform specifier`)
  if (architecture !== undefined) return withVariant({ ...system, architecture }, variant)
  if (systems.has(system.os)) return { ...hostPlatform(), ...system }
  const platform = withVariant({ os: 'linux', architecture: first }, undefined)
  if (architectures.has(platform.architecture)) return platform
  throw invalid(`${quoted}: unknown operating system or architecture`)
}

/** Four parts at most; one that is too many holds all the rest. */
function splitParts(text: string): string[] {
  const parts = text.split('/')
  return parts.length > 4 ? [...parts.slice(0, 3), parts.slice(3).join('/')] : parts
}

function parseSystem(text: string, quoted: string): Pick<Platform, 'os' | 'os.version'> {
  const [, name, version] = systemPattern.exec(text) ?? []
  if (name === undefined) {
    throw invalid(
      `${JSON.stringify(text)} is an invalid OS component of ${quoted}: OSAndVersion specifier component must match ${JSON.stringify(systemPattern.source)}`,
    )
  }
  const { os } = normalizePlatform({ os: name, architecture: '' })
  return version ? { os, 'os.version': version } : { os }
}

function checkPart(text: string, quoted: string): void {
  if (partPattern.test(text)) return
  throw invalid(
    `${JSON.stringify(text)} is an invalid component of ${quoted}: platform specifier component must match ${JSON.stringify(partPattern.source)}`,
  )
}

/** The usual variant is left out, unless it was written. */
function withVariant(platform: Platform, written: string | undefined): Platform {
  const { variant, ...plain } = normalizePlatform(
    written === undefined ? platform : { ...platform, variant: written },
  )
  const isUsualArm = plain.architecture === 'arm' && variant === 'v7'
  if (written === undefined) return variant === undefined || isUsualArm ? plain : { ...plain, variant }
  if (variant === undefined) return plain.architecture === 'arm64' ? { ...plain, variant: 'v8' } : plain
  return { ...plain, variant }
}

function invalid(state: string): CodedError {
  return new CodedError('invalid-argument', `${state}: invalid argument`, {
    hint: 'A platform looks like OS/ARCH[/VARIANT], for example linux/arm64.',
  })
}
