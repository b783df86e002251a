import type { Platform } from '@berth/oci'

/** What Docker's client lets a manifest list name, and no more: a list that it refuses to touch would surprise. */
const architectures: Readonly<Record<string, string>> = {
  darwin: '386 amd64 arm arm64',
  dragonfly: 'amd64',
  freebsd: '386 amd64 arm',
  linux: '386 amd64 arm arm64 ppc64le mips64 mips64le riscv64 s390x',
  netbsd: '386 amd64 arm',
  openbsd: '386 amd64 arm',
  plan9: '386 amd64',
  solaris: 'amd64',
  windows: '386 amd64',
}

/** True when a manifest list may name the platform. */
export const isListable = ({ os, architecture }: Platform): boolean =>
  Object.hasOwn(architectures, os) && (architectures[os] ?? '').split(' ').includes(architecture)
