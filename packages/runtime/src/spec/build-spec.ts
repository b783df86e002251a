import type { LinuxSpec, RuntimeSpec } from '@berth/oci'
import { buildDeviceRules, listHostDevices } from './devices.ts'
import { buildMounts, rootfsPropagation } from './mounts.ts'
import { buildNamespaces } from './namespaces.ts'
import { buildProcess, capabilitiesFor } from './process-spec.ts'
import { buildResources } from './resources.ts'
import { defaultSeccompProfile } from './seccomp-profile.ts'
import { resolveSeccomp } from './seccomp.ts'
import type { SpecOptions } from './spec-options.ts'
import type { SpecPlatform } from './spec-platform.ts'
import type { SpecTarget } from './spec-target.ts'
import { buildSysctls } from './sysctls.ts'

const ociVersion = '1.0.2'

const maskedPaths = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
]

const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']

/**
 * The OCI runtime spec of a container, confined as Docker does by default. Looks at nothing of the container: its paths
 * are taken as they are, and its user is resolved before, by `resolveUser`.
 */
export function buildSpec(options: SpecOptions, { platform, features }: SpecTarget): RuntimeSpec {
  const { rootfs, hostname, namespaces = {}, mounts = [], security } = options
  const isRootReadonly = rootfs.isReadonly ?? false
  return {
    ociVersion,
    process: { ...buildProcess(options.process, security, platform), oomScoreAdj: options.oomScoreAdj ?? 0 },
    root: { path: rootfs.path, readonly: isRootReadonly },
    ...(hostname === undefined || namespaces.uts === 'host' ? {} : { hostname }),
    mounts: buildMounts(mounts, {
      isPrivileged: security.isPrivileged ?? false,
      isRootReadonly,
      shmSizeBytes: options.shmSizeBytes,
      hasRecursiveReadonly: features.mountOptions.has('rro'),
    }),
    linux: buildLinux(options, { platform, features }),
  }
}

function buildLinux(options: SpecOptions, { platform, features }: SpecTarget): LinuxSpec {
  const { cgroupsPath, namespaces = {}, devices = [], mounts = [] } = options
  const isPrivileged = options.security.isPrivileged ?? false
  const propagation = rootfsPropagation(mounts)
  const nodes = [...(isPrivileged ? listHostDevices() : []), ...devices.map(({ device }) => device)]
  return {
    namespaces: buildNamespaces(namespaces, { platform, features }),
    cgroupsPath,
    resources: {
      devices: buildDeviceRules(devices, isPrivileged),
      ...buildResources(options.resources ?? {}, platform),
    },
    ...(nodes.length === 0 ? {} : { devices: nodes }),
    ...seccompOf(options, platform),
    sysctl: buildSysctls(options),
    ...hiddenPaths(options, platform),
    ...(propagation === undefined ? {} : { rootfsPropagation: propagation }),
  }
}

function seccompOf({ security }: SpecOptions, platform: SpecPlatform): Pick<LinuxSpec, 'seccomp'> {
  const { isPrivileged, seccomp = isPrivileged ? 'unconfined' : defaultSeccompProfile } = security
  if (seccomp === 'unconfined' || !platform.hasSeccomp) return {}
  const capabilities = capabilitiesFor(security, platform)
  return { seccomp: resolveSeccomp(seccomp, { ...platform, capabilities }) }
}

function hiddenPaths(
  { security }: SpecOptions,
  platform: SpecPlatform,
): Pick<LinuxSpec, 'maskedPaths' | 'readonlyPaths'> {
  if (security.isPrivileged) return { maskedPaths: [], readonlyPaths: [] }
  return {
    maskedPaths: security.maskedPaths ?? [...maskedPaths, ...platform.thermalThrottlePaths],
    readonlyPaths: security.readonlyPaths ?? readonlyPaths,
  }
}
