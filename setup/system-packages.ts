import { open } from 'node:fs/promises'
import { findProgram } from '@berth/host'
import { CodedError } from '@berth/stdx'
import { installSystemPackages, type PackageNames } from './package-managers.mjs'

/** Something the machine has to be able to do: any of the programs gives it, the packages bring the first. */
export interface Capability {
  purpose: string
  programs: readonly string[]
  /** Only a program that needs no shared library will do. */
  isStatic?: true
  packages: PackageNames
}

export const runCapabilities: readonly Capability[] = [
  {
    purpose: 'an OCI runtime',
    programs: ['runc', 'crun'],
    packages: { apt: 'runc', dnf: 'runc', apk: 'runc', pacman: 'runc' },
  },
  {
    purpose: 'a packet filter (nft)',
    programs: ['nft'],
    packages: { apt: 'nftables', dnf: 'nftables', apk: 'nftables', pacman: 'nftables' },
  },
]

export const testCapabilities: readonly Capability[] = [
  {
    purpose: 'networks to test against (ip)',
    programs: ['ip'],
    packages: { apt: 'iproute2', dnf: 'iproute', apk: 'iproute2', pacman: 'iproute2' },
  },
  {
    purpose: 'content of test images (a static busybox)',
    programs: ['busybox', 'busybox.static'],
    isStatic: true,
    packages: { apt: 'busybox-static', dnf: 'busybox', apk: 'busybox-static', pacman: 'busybox' },
  },
  {
    purpose: 'archives as others compress them (xz)',
    programs: ['xz'],
    packages: { apt: 'xz-utils', dnf: 'xz', apk: 'xz', pacman: 'xz' },
  },
  {
    purpose: 'archives as others compress them (bzip2)',
    programs: ['bzip2'],
    packages: { apt: 'bzip2', dnf: 'bzip2', apk: 'bzip2', pacman: 'bzip2' },
  },
  {
    purpose: 'a second OCI client (skopeo)',
    programs: ['skopeo'],
    packages: { apt: 'skopeo', dnf: 'skopeo', apk: 'skopeo', pacman: 'skopeo' },
  },
  {
    purpose: 'a third OCI client (podman)',
    programs: ['podman'],
    packages: { apt: 'podman', dnf: 'podman', apk: 'podman', pacman: 'podman' },
  },
  {
    purpose: 'a registry of others (docker-registry)',
    programs: ['docker-registry', 'registry'],
    packages: {
      apt: 'docker-registry',
      dnf: 'docker-distribution',
      apk: 'docker-registry',
      pacman: 'docker-distribution',
    },
  },
  {
    purpose: 'certificates to test with (openssl)',
    programs: ['openssl'],
    packages: { apt: 'openssl', dnf: 'openssl', apk: 'openssl', pacman: 'openssl' },
  },
  {
    purpose: 'system calls that fail on purpose (strace)',
    programs: ['strace'],
    packages: { apt: 'strace', dnf: 'strace', apk: 'strace', pacman: 'strace' },
  },
  {
    purpose: 'a browser',
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    packages: { apt: 'chromium', dnf: 'chromium', apk: 'chromium', pacman: 'chromium' },
  },
  {
    purpose: 'a PostgreSQL server',
    programs: ['initdb', 'pg_ctlcluster'],
    packages: { apt: 'postgresql', dnf: 'postgresql-server', apk: 'postgresql', pacman: 'postgresql' },
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
    packages: { apt: 'ceph-mon', dnf: 'ceph-mon', apk: 'ceph18-mon', pacman: 'ceph' },
  },
  {
    purpose: "an object store's disk (ceph-osd)",
    programs: ['ceph-osd'],
    packages: { apt: 'ceph-osd', dnf: 'ceph-osd', apk: 'ceph18-osd', pacman: 'ceph' },
  },
  {
    purpose: "an object store's command line (ceph)",
    programs: ['ceph'],
    packages: { apt: 'ceph-common', dnf: 'ceph-common', apk: 'ceph18-common', pacman: 'ceph' },
  },
]

/** For the long tests alone. */
export const longTestCapabilities: readonly Capability[] = [
  {
    purpose: 'a whole Debian (debootstrap)',
    programs: ['debootstrap'],
    packages: { apt: 'debootstrap', dnf: 'debootstrap', apk: 'debootstrap', pacman: 'debootstrap' },
  },
]

/** Installs what the machine lacks; does nothing when it lacks nothing. Throws `failed-precondition` with what to do. */
export async function installLacking(capabilities: readonly Capability[], searchPath: string): Promise<void> {
  const lacking = await findLacking(capabilities, searchPath)
  if (lacking.length === 0) return
  const problem = installSystemPackages(lacking)
  if (problem) throw new CodedError('failed-precondition', problem)
  const still = await findLacking(lacking, searchPath)
  if (still.length === 0) return
  const purposes = still.map(({ purpose }) => purpose).join(', ')
  throw new CodedError('failed-precondition', `The packages are installed, but still missing: ${purposes}`)
}

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

/** A dynamic program names its loader near the beginning of its file. */
async function isStaticProgram(path: string): Promise<boolean> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0)
  return !/\/ld-(linux|musl)/.test(buffer.toString('latin1', 0, bytesRead))
}
