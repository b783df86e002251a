import { readFile } from 'node:fs/promises'
import * as os from 'node:os'
import { systemCode } from '@berth/stdx'

/** What the kernel and the distribution say of themselves. */
export interface HostFacts {
  kernelVersion: string
  operatingSystem: string
  osVersion: string
  /** As `uname -m` says it. */
  machine: string
  processors: number
  memoryBytes: number
  hostname: string
  cgroupVersion: '1' | '2'
  cgroupControllers: ReadonlySet<string>
  hasSeccomp: boolean
}

export async function readHostFacts(): Promise<HostFacts> {
  const release = parseOsRelease(await readOr('/etc/os-release', ''))
  const v2Controllers = await readOr('/sys/fs/cgroup/cgroup.controllers', undefined)
  const v1Controllers = parseV1Controllers(await readOr('/proc/cgroups', ''))
  return {
    kernelVersion: os.release(),
    operatingSystem: release['PRETTY_NAME'] ?? 'Linux',
    osVersion: release['VERSION_ID'] ?? '',
    machine: os.machine(),
    processors: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    hostname: os.hostname(),
    cgroupVersion: v2Controllers === undefined ? '1' : '2',
    cgroupControllers: new Set(v2Controllers === undefined ? v1Controllers : v2Controllers.trim().split(' ')),
    hasSeccomp: /^Seccomp:/m.test(await readOr('/proc/self/status', '')),
  }
}

function parseV1Controllers(text: string): string[] {
  const rows = text.split('\n').map((line) => line.split('\t'))
  return rows
    .filter(([name, , , enabled]) => name && !name.startsWith('#') && enabled === '1')
    .map(([name]) => name as string)
}

/** os-release(5): assignments as a shell reads them. */
function parseOsRelease(text: string): Record<string, string> {
  const pairs = text.split('\n').flatMap((line) => {
    const match = /^([A-Z_]+)=(?:"(.*)"|'(.*)'|(.*))$/.exec(line)
    return match ? [[match[1], match[2] ?? match[3] ?? match[4] ?? '']] : []
  })
  return Object.fromEntries(pairs) as Record<string, string>
}

async function readOr<T>(path: string, fallback: T): Promise<string | T> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return fallback
    throw error
  }
}
