import { digestOf } from '@berth/oci'
import { linuxKernel } from '@berth/syscalls'
import { lstatSync, readdirSync, readFileSync, readlinkSync, type BigIntStats } from 'node:fs'
import type { ByteString } from '../tar/tar-entry.ts'

/** Everything the kernel says of one name. */
export interface FoundEntry {
  mode: string
  owner: string
  mtime: string
  links: number
  xattrs: Record<string, string>
  /** Digest, link target or device numbers. */
  content: string
  /** First name of the same inode. */
  sameAs: ByteString
}

/** Reads a tree by the kernel's own eyes, for comparison. The root is ''. */
export function readTree(root: string): Record<ByteString, FoundEntry> {
  const found: [ByteString, FoundEntry][] = []
  const firstNames = new Map<bigint, ByteString>()
  const visit = (name: ByteString): void => {
    const path = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')])
    const stats = lstatSync(path, { bigint: true })
    const sameAs = stats.isDirectory() ? name : (firstNames.get(stats.ino) ?? name)
    firstNames.set(stats.ino, sameAs)
    found.push([name, { ...describe(path, stats), sameAs }])
    if (!stats.isDirectory()) return
    const children = readdirSync(path, { encoding: 'buffer' }).map((child) => child.toString('latin1'))
    for (const child of children.sort()) visit(name === '' ? child : `${name}/${child}`)
  }
  visit('')
  return Object.fromEntries(found)
}

function describe(path: Buffer, stats: BigIntStats): Omit<FoundEntry, 'sameAs'> {
  const xattrs = linuxKernel
    .listXattrs(path)
    .map((name) => [name, Buffer.from(linuxKernel.getXattr(path, name) ?? []).toString('latin1')])
  return {
    mode: stats.mode.toString(8),
    owner: `${stats.uid}:${stats.gid}`,
    mtime: String(stats.mtimeNs),
    links: Number(stats.nlink),
    xattrs: Object.fromEntries(xattrs) as Record<string, string>,
    content: contentOf(path, stats),
  }
}

function contentOf(path: Buffer, stats: BigIntStats): string {
  if (stats.isFile()) return `${stats.size} ${digestOf(readFileSync(path))}`
  if (stats.isSymbolicLink()) return readlinkSync(path, { encoding: 'buffer' }).toString('latin1')
  return stats.isBlockDevice() || stats.isCharacterDevice() ? `device ${stats.rdev}` : ''
}
