import { open } from 'node:fs/promises'
import { findProgram } from '@berth/host'

type ManagerName = 'apt' | 'dnf' | 'apk' | 'pacman'

/** Something the machine has to be able to do: any of the programs gives it, the packages bring the first. */
export interface Capability {
  purpose: string
  programs: readonly string[]
  /** Only a program that needs no shared library will do. */
  isStatic?: true
  packages: Record<ManagerName, string>
}

export const runCapabilities: readonly Capability[] = [
  {
    purpose: 'an OCI runtime',
    programs: ['runc', 'crun'],
    packages: { apt: 'runc', dnf: 'runc', apk: 'runc', pacman: 'runc' },
  },
  {
    purpose: 'network links',
    programs: ['ip'],
    packages: { apt: 'iproute2', dnf: 'iproute', apk: 'iproute2', pacman: 'iproute2' },
  },
  {
    purpose: 'packet filter',
    programs: ['nft'],
    packages: { apt: 'nftables', dnf: 'nftables', apk: 'nftables', pacman: 'nftables' },
  },
]

export const testCapabilities: readonly Capability[] = [
  {
    purpose: 'content of test images',
    programs: ['busybox', 'busybox.static'],
    isStatic: true,
    packages: { apt: 'busybox-static', dnf: 'busybox', apk: 'busybox-static', pacman: 'busybox' },
  },
  {
    purpose: 'a second OCI client',
    programs: ['skopeo'],
    packages: { apt: 'skopeo', dnf: 'skopeo', apk: 'skopeo', pacman: 'skopeo' },
  },
]

interface PackageManager {
  name: ManagerName
  program: string
  /** Run in turn; the packages are appended to the last. */
  commands: string[][]
  env?: NodeJS.ProcessEnv
}

export const packageManagers: readonly PackageManager[] = [
  {
    name: 'apt',
    program: 'apt-get',
    commands: [
      ['apt-get', 'update', '-qq'],
      ['apt-get', 'install', '-y', '-qq', '--no-install-recommends'],
    ],
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  },
  { name: 'dnf', program: 'dnf', commands: [['dnf', 'install', '-y', '--setopt=install_weak_deps=False']] },
  { name: 'apk', program: 'apk', commands: [['apk', 'add', '--no-cache']] },
  { name: 'pacman', program: 'pacman', commands: [['pacman', '-Sy', '--noconfirm', '--needed']] },
]

/** The capabilities that no program on this machine gives. */
export async function findLacking(
  capabilities: readonly Capability[],
  searchPath: string,
): Promise<Capability[]> {
  const found = await Promise.all(capabilities.map((capability) => isGiven(capability, searchPath)))
  return capabilities.filter((_, index) => !found[index])
}

async function isGiven({ programs, isStatic }: Capability, searchPath: string): Promise<boolean> {
  for (const name of programs) {
    const path = await findProgram(name, { searchPath })
    if (path && (!isStatic || (await isStaticProgram(path)))) return true
  }
  return false
}

/** The package manager of this machine, if it is one that we know. */
export async function findPackageManager(searchPath: string): Promise<PackageManager | undefined> {
  for (const manager of packageManagers) {
    if (await findProgram(manager.program, { searchPath })) return manager
  }
  return undefined
}

/** A dynamic program names its loader near the beginning of its file. */
async function isStaticProgram(path: string): Promise<boolean> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0)
  return !/\/ld-(linux|musl)/.test(buffer.toString('latin1', 0, bytesRead))
}
