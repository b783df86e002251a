import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { arch, release } from 'node:os'
import { parseCapabilityMask } from './capabilities.ts'

/** What a spec depends on of the machine. It does not change while the engine runs. */
export interface SpecPlatform {
  /** Go's name: `amd64`, `arm64`, … */
  architecture: string
  kernelRelease: string
  cgroupVersion: 1 | 2
  hasSeccomp: boolean
  hasSwapLimit: boolean
  /** What this process, and so a privileged container, may have. */
  capabilities: string[]
  /** Directories of thermal throttling counters, which tell containers of each other's work. */
  thermalThrottlePaths: string[]
}

const goArchitectures: Partial<Record<string, string>> = { x64: 'amd64', ia32: '386', loong64: 'loong64' }

/** Looks at the machine. */
export function readSpecPlatform(): SpecPlatform {
  const status = readFileSync('/proc/self/status', 'latin1')
  const cgroupVersion = existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : 1
  return {
    architecture: goArchitectures[arch()] ?? arch(),
    kernelRelease: release(),
    cgroupVersion,
    hasSeccomp: /^Seccomp:/m.test(status),
    hasSwapLimit: cgroupVersion === 2 || existsSync('/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes'),
    capabilities: parseCapabilityMask(/^CapBnd:\t([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'),
    thermalThrottlePaths: findThermalThrottlePaths('/sys/devices/system/cpu'),
  }
}

function findThermalThrottlePaths(root: string): string[] {
  if (!existsSync(root)) return []
  return readdirSync(root)
    .filter((name) => /^cpu\d+$/.test(name))
    .map((name) => `${root}/${name}/thermal_throttle`)
    .filter((path) => existsSync(path))
}
