import type { SeccompSpec } from '@berth/oci'
import type { SeccompCondition, SeccompProfile, SeccompRule } from './seccomp-profile.ts'

export interface SeccompTarget {
  /** Go's name of the architecture: `amd64`, `arm64`, … */
  architecture: string
  /** For example `6.18.44-generic`. */
  kernelRelease: string
  capabilities: readonly string[]
}

/** libseccomp's names of Go's architectures. */
const seccompArchitectures: Record<string, string> = {
  amd64: 'SCMP_ARCH_X86_64',
  arm64: 'SCMP_ARCH_AARCH64',
  mips64: 'SCMP_ARCH_MIPS64',
  mips64n32: 'SCMP_ARCH_MIPS64N32',
  mipsel64: 'SCMP_ARCH_MIPSEL64',
  mips3l64n32: 'SCMP_ARCH_MIPSEL64N32',
  s390x: 'SCMP_ARCH_S390X',
  riscv64: 'SCMP_ARCH_RISCV64',
  loong64: 'SCMP_ARCH_LOONGARCH64',
}

/** Resolves the conditions of a profile for one container on this machine. */
export function resolveSeccomp(profile: SeccompProfile, target: SeccompTarget): SeccompSpec {
  const { defaultAction, defaultErrnoRet } = profile
  return {
    defaultAction,
    ...(defaultErrnoRet === undefined ? {} : { defaultErrnoRet }),
    architectures: architecturesOf(profile, target.architecture),
    syscalls: profile.syscalls.filter((rule) => applies(rule, target)).map(withoutConditions),
  }
}

function architecturesOf({ archMap, architectures }: SeccompProfile, architecture: string): string[] {
  if (archMap === undefined) return architectures ?? []
  const own = archMap.find((entry) => entry.architecture === seccompArchitectures[architecture])
  return own === undefined ? [] : [own.architecture, ...(own.subArchitectures ?? [])]
}

function applies({ includes = {}, excludes = {} }: SeccompRule, target: SeccompTarget): boolean {
  return holdsAll(includes, target) && !holdsAny(excludes, target)
}

function holdsAll({ arches = [], caps = [], minKernel }: SeccompCondition, target: SeccompTarget): boolean {
  if (arches.length > 0 && !arches.includes(target.architecture)) return false
  if (!caps.every((capability) => target.capabilities.includes(capability))) return false
  return minKernel === undefined || isAtLeast(target.kernelRelease, minKernel)
}

function holdsAny({ arches = [], caps = [], minKernel }: SeccompCondition, target: SeccompTarget): boolean {
  if (arches.includes(target.architecture)) return true
  if (caps.some((capability) => target.capabilities.includes(capability))) return true
  return minKernel !== undefined && isAtLeast(target.kernelRelease, minKernel)
}

function isAtLeast(release: string, least: string): boolean {
  const [major = 0, minor = 0] = release.split(/[^0-9]/).map(Number)
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number)
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
}

function withoutConditions({ names, action, errnoRet, args }: SeccompRule): SeccompSpec['syscalls'][number] {
  return {
    names,
    action,
    ...(errnoRet === undefined ? {} : { errnoRet }),
    ...(args === undefined ? {} : { args }),
  }
}
