import type { HostCheck } from './host-check.ts'
import type { HostFiles } from './host-files.ts'

/** `major` and `minor` of a kernel release such as `6.1.0-18-amd64`. */
export interface KernelVersion {
  major: number
  minor: number
}

/** The oldest kernel whose namespaces, cgroups and overlay file system containers can rely on. */
const oldest: KernelVersion = { major: 3, minor: 10 }

/** Parses the text of /proc/sys/kernel/osrelease; undefined when it does not begin with two numbers. */
export function parseKernelRelease(release: string): KernelVersion | undefined {
  const match = /^(\d{1,6})\.(\d{1,6})/.exec(release)
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined
}

export function isKernelAtLeast(version: KernelVersion, wanted: KernelVersion): boolean {
  return version.major > wanted.major || (version.major === wanted.major && version.minor >= wanted.minor)
}

export async function readKernelRelease(files: HostFiles): Promise<string> {
  return (await files.read('/proc/sys/kernel/osrelease'))?.trim() ?? ''
}

export async function checkKernel(files: HostFiles): Promise<HostCheck> {
  const release = await readKernelRelease(files)
  const version = parseKernelRelease(release)
  if (!version) {
    return {
      name: 'kernel',
      status: 'missing',
      detail: 'not Linux, or /proc is not mounted',
      hint: 'Run Berth on Linux with /proc mounted',
    }
  }
  if (isKernelAtLeast(version, oldest)) return { name: 'kernel', status: 'ok', detail: `Linux ${release}` }
  const wanted = `${oldest.major}.${oldest.minor}`
  return {
    name: 'kernel',
    status: 'missing',
    detail: `Linux ${release} is older than ${wanted}`,
    hint: `Upgrade to Linux ${wanted} or newer`,
  }
}
