import type { CapabilitySpec, ProcessSpec } from '@berth/oci'
import { selectCapabilities } from './capabilities.ts'
import type { ProcessOptions, SecurityOptions } from './spec-options.ts'
import type { SpecPlatform } from './spec-platform.ts'

/** The process of a container, or one that is run in it later: the same confinement for both. */
export function buildProcess(
  process: ProcessOptions,
  security: SecurityOptions,
  platform: SpecPlatform,
): ProcessSpec {
  const { args, env, cwd, user, isTerminal, rlimits } = process
  return {
    terminal: isTerminal,
    user,
    args,
    env,
    cwd,
    capabilities: capabilitiesOf(user.uid, capabilitiesFor(security, platform)),
    ...(rlimits === undefined ? {} : { rlimits: rlimits.map(toRlimit) }),
    noNewPrivileges: security.noNewPrivileges ?? false,
    ...(security.apparmorProfile === undefined ? {} : { apparmorProfile: security.apparmorProfile }),
  }
}

/** The capabilities that root has in such a container. */
export function capabilitiesFor(security: SecurityOptions, platform: SpecPlatform): string[] {
  const { isPrivileged = false, capabilitiesAdded: add = [], capabilitiesDropped: drop = [] } = security
  return selectCapabilities({ isPrivileged, add, drop }, platform.capabilities)
}

/** Others than root hold none, as after execve, and can gain those of the bounding set. */
function capabilitiesOf(uid: number, bounding: string[]): CapabilitySpec {
  const held = uid === 0 ? bounding : []
  return { bounding, effective: held, permitted: held, inheritable: [], ambient: [] }
}

function toRlimit({ name, soft, hard }: { name: string; soft: number; hard: number }) {
  return { type: `RLIMIT_${name.toUpperCase()}`, soft, hard }
}
