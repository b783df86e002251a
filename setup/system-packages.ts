import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram } from '@berth/host'
import { CodedError } from '@berth/stdx'
import { installSystemPackages, type PackageNames } from './package-managers.mjs'

/** Something the machine has to be able to do: any of the programs or libraries gives it, the packages bring the first. */
export interface Capability {
  purpose: string
  programs: readonly string[]
  /** Only a program that needs no shared library will do. */
  isStatic?: true
  libraries?: readonly string[]
  /** Everything works without it, too. */
  isOptional?: true
  packages: PackageNames
}

/** Most distributions call a package alike. */
const everywhere = (name: string): PackageNames => ({ apt: name, dnf: name, apk: name, pacman: name })

export const runCapabilities: readonly Capability[] = [
  {
    purpose: 'an OCI runtime',
    programs: ['runc', 'crun'],
    packages: everywhere('runc'),
  },
  {
    purpose: 'a packet filter (nft)',
    programs: ['nft'],
    packages: everywhere('nftables'),
  },
  {
    purpose: 'a faster decoder of gzip (ISA-L)',
    programs: [],
    libraries: ['libisal.so.2'],
    isOptional: true,
    packages: { apt: 'libisal2', dnf: 'isa-l', apk: 'isa-l', pacman: 'isa-l' },
  },
]

export const testCapabilities: readonly Capability[] = [
  {
    purpose: 'networks to test against (ip)',
    programs: ['ip'],
    packages: { ...everywhere('iproute2'), dnf: 'iproute' },
  },
  {
    purpose: 'content of test images (a static busybox)',
    programs: ['busybox', 'busybox.static'],
    isStatic: true,
    packages: { ...everywhere('busybox-static'), dnf: 'busybox', pacman: 'busybox' },
  },
  {
    purpose: 'archives as others compress them (xz)',
    programs: ['xz'],
    packages: { ...everywhere('xz'), apt: 'xz-utils' },
  },
  {
    purpose: 'archives as others compress them (bzip2)',
    programs: ['bzip2'],
    packages: everywhere('bzip2'),
  },
  {
    purpose: 'a second OCI client (skopeo)',
    programs: ['skopeo'],
    packages: everywhere('skopeo'),
  },
  {
    purpose: 'a third OCI client (podman)',
    programs: ['podman'],
    packages: everywhere('podman'),
  },
  {
    purpose: 'a registry of others (docker-registry)',
    programs: ['docker-registry', 'registry'],
    packages: { ...everywhere('docker-registry'), dnf: 'docker-distribution', pacman: 'docker-distribution' },
  },
  {
    purpose: 'certificates to test with (openssl)',
    programs: ['openssl'],
    packages: everywhere('openssl'),
  },
  {
    purpose: 'system calls that fail on purpose (strace)',
    programs: ['strace'],
    packages: everywhere('strace'),
  },
  {
    purpose: 'a browser',
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    packages: everywhere('chromium'),
  },
  {
    purpose: 'a PostgreSQL server',
    programs: ['initdb', 'pg_ctlcluster'],
    packages: { ...everywhere('postgresql'), dnf: 'postgresql-server' },
  },
  // Ceph's object store, the only one with an S3 interface that distributions bring.
  {
    purpose: 'an object store (radosgw)',
    programs: ['radosgw'],
    packages: { apt: 'radosgw', dnf: 'ceph-radosgw', apk: 'ceph18-radosgw', pacman: 'ceph' },
  },
  {
    purpose: "an object store's monitor (ceph-mon)",
    programs: ['ceph-mon'],
    packages: { ...everywhere('ceph-mon'), apk: 'ceph18-mon', pacman: 'ceph' },
  },
  {
    purpose: "an object store's disk (ceph-osd)",
    programs: ['ceph-osd'],
    packages: { ...everywhere('ceph-osd'), apk: 'ceph18-osd', pacman: 'ceph' },
  },
  {
    purpose: "an object store's command line (ceph)",
    programs: ['ceph'],
    packages: { ...everywhere('ceph-common'), apk: 'ceph18-common', pacman: 'ceph' },
  },
]

/** For the long tests alone. */
export const longTestCapabilities: readonly Capability[] = [
  {
    purpose: 'a whole Debian (debootstrap)',
    programs: ['debootstrap'],
    packages: everywhere('debootstrap'),
  },
]

/**
 * Installs what the machine lacks; does nothing when it lacks nothing. Throws `failed-precondition` with what to do, unless it
 * is optional.
 */
export async function installLacking(capabilities: readonly Capability[], searchPath: string): Promise<void> {
  const lacking = await findLacking(capabilities, searchPath)
  await installNeeded(
    lacking.filter(({ isOptional }) => !isOptional),
    searchPath,
  )
  // Each alone: a distribution that lacks one may have the others.
  for (const optional of lacking.filter(({ isOptional }) => isOptional)) {
    const problem = installSystemPackages([optional])
    if (problem) process.stderr.write(`Goes on without ${optional.purpose}. ${problem}\n`)
  }
}

async function installNeeded(lacking: readonly Capability[], searchPath: string): Promise<void> {
  if (lacking.length === 0) return
  const problem = installSystemPackages(lacking)
  if (problem) throw new CodedError('failed-precondition', problem)
  const still = await findLacking(lacking, searchPath)
  if (still.length === 0) return
  const purposes = still.map(({ purpose }) => purpose).join(', ')
  throw new CodedError('failed-precondition', `The packages are installed, but still missing: ${purposes}`)
}

/** The capabilities that no program and no library on this machine gives. */
export async function findLacking(
  capabilities: readonly Capability[],
  searchPath: string,
): Promise<Capability[]> {
  const found = await Promise.all(capabilities.map((capability) => isGiven(capability, searchPath)))
  return capabilities.filter((_, index) => !found[index])
}

/** Where the loader looks, whatever the distribution. */
const libraryFolders = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/lib',
]

async function isGiven(
  { programs, libraries = [], isStatic }: Capability,
  searchPath: string,
): Promise<boolean> {
  if (libraries.some((name) => libraryFolders.some((folder) => existsSync(join(folder, name))))) return true
  for (const name of programs) {
    const path = await findProgram(name, { searchPath })
    if (path && (!isStatic || (await isStaticProgram(path)))) return true
  }
  return false
}

/** A dynamic program names its loader near the beginning of its file. */
async function isStaticProgram(path: string): Promise<boolean> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0)
  return !/\/ld-(linux|musl)/.test(buffer.toString('latin1', 0, bytesRead))
}
