import type { HostConfig } from '@berth/api'
import type { SecurityOptions } from '@berth/runtime'
import { CodedError } from '@berth/stdx'

/** `--security-opt` and its like, in the terms of a runtime spec; throws `invalid-argument` for what nobody knows. */
export function securityOptions(hostConfig: HostConfig): SecurityOptions {
  const { Privileged, CapAdd, CapDrop, MaskedPaths, ReadonlyPaths, SecurityOpt } = hostConfig
  return {
    isPrivileged: Privileged,
    capabilitiesAdded: CapAdd ?? [],
    capabilitiesDropped: CapDrop ?? [],
    ...(MaskedPaths ? { maskedPaths: MaskedPaths } : {}),
    ...(ReadonlyPaths ? { readonlyPaths: ReadonlyPaths } : {}),
    ...Object.assign({}, ...(SecurityOpt ?? []).map(parseOption)),
  }
}

function parseOption(text: string): Partial<SecurityOptions> {
  const separator = /[=:]/.exec(text)?.index ?? text.length
  const [name, value] = [text.slice(0, separator), text.slice(separator + 1)]
  switch (name) {
    case 'no-new-privileges':
      return { noNewPrivileges: value === '' || value === 'true' }
    case 'seccomp':
      return value === 'builtin'
        ? {}
        : { seccomp: value === 'unconfined' ? 'unconfined' : parseProfile(value) }
    case 'apparmor':
      return value === 'unconfined' ? {} : { apparmorProfile: value }
    case 'label':
      // SELinux is not in use where this engine runs; Docker takes labels there and ignores them, too.
      return {}
    default:
      throw new CodedError('invalid-argument', `invalid --security-opt 2: ${JSON.stringify(text)}`)
  }
}

function parseProfile(text: string): NonNullable<Exclude<SecurityOptions['seccomp'], 'unconfined'>> {
  try {
    return JSON.parse(text) as NonNullable<Exclude<SecurityOptions['seccomp'], 'unconfined'>>
  } catch (error) {
    throw new CodedError('invalid-argument', 'Decoding seccomp profile failed: not JSON', { cause: error })
  }
}
