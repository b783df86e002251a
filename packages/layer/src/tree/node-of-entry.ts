import { CodedError } from '@berth/stdx'
import { quoted } from '../tar/malformed.ts'
import type { ByteString, TarEntry } from '../tar/tar-entry.ts'
import type { Attributes, LayerNode } from './layer-node.ts'

/** The highest id; the one above means "unchanged" to chown(2). */
const idMax = 0xfffffffe
const majorMax = 0xfff
const minorMax = 0xfffff
const symlinkBytesMax = 4095
const xattrNameBytesMax = 255
const xattrValueBytesMax = 65536

/** The node of any member but a hard link. Throws `invalid-argument` for what Linux could not hold. */
export function nodeOfEntry(entry: TarEntry, where: { bodyOffset: number; depth: number }): LayerNode {
  const attributes = attributesOf(entry)
  switch (entry.type) {
    case 'file':
      return {
        type: 'file',
        ...attributes,
        sizeBytes: entry.sizeBytes,
        bodyOffset: where.bodyOffset,
        fragments: entry.fragments,
      }
    case 'directory':
      return { type: 'directory', ...attributes, depth: where.depth, isOpaque: false, children: new Map() }
    case 'symlink':
      verifyTarget(entry)
      return { type: 'symlink', ...attributes, mode: 0o777, target: entry.linkName }
    case 'fifo':
      return { type: 'fifo', ...attributes }
    case 'character-device':
    case 'block-device':
      return {
        type: entry.type,
        ...attributes,
        major: inRange(entry, 'major', majorMax),
        minor: inRange(entry, 'minor', minorMax),
      }
    case 'link':
      throw new CodedError('internal', 'Cannot make a node of a hard link')
    default:
      return entry.type satisfies never
  }
}

export function attributesOf(entry: TarEntry): Attributes {
  return {
    mode: entry.mode,
    uid: inRange(entry, 'uid', idMax),
    gid: inRange(entry, 'gid', idMax),
    mtimeSeconds: entry.mtimeSeconds,
    mtimeNanoseconds: entry.mtimeNanoseconds,
    xattrs: keptXattrs(entry),
  }
}

function inRange(entry: TarEntry, field: 'uid' | 'gid' | 'major' | 'minor', max: number): number {
  const value = entry[field]
  if (value < 0 || value > max) throw refused(entry, `its ${field} ${value} is out of range`)
  return value
}

function verifyTarget(entry: TarEntry): void {
  const { length } = entry.linkName
  if (length === 0 || length > symlinkBytesMax) throw refused(entry, `its target is ${length} bytes long`)
}

const noXattrs: ReadonlyMap<ByteString, ByteString> = new Map()
const keptPrefixes = ['user.', 'security.', 'trusted.', 'system.posix_acl_']
/** What overlayfs reads its own state from; an archive must not be able to say it. */
const overlayPrefixes = ['trusted.overlay.', 'user.overlay.']

function keptXattrs(entry: TarEntry): ReadonlyMap<ByteString, ByteString> {
  if (entry.xattrs.size === 0) return noXattrs
  const kept = [...entry.xattrs]
    .filter(([name]) => isKeptXattr(name, entry.type))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [name, value] of kept) {
    const isValid =
      name.length <= xattrNameBytesMax && !name.includes('\0') && value.length <= xattrValueBytesMax
    if (!isValid) throw refused(entry, `its attribute ${quoted(name)} is too long`)
  }
  return kept.length === 0 ? noXattrs : new Map(kept)
}

/** True for an attribute that layers keep. `user.` attributes exist on files and directories alone (xattr(7)). */
export function isKeptXattr(name: ByteString, type: TarEntry['type']): boolean {
  if (name.startsWith('user.') && type !== 'file' && type !== 'directory') return false
  return (
    keptPrefixes.some((prefix) => name.startsWith(prefix)) &&
    !overlayPrefixes.some((prefix) => name.startsWith(prefix))
  )
}

export const refused = (entry: TarEntry, state: string): CodedError =>
  new CodedError('invalid-argument', `Cannot unpack ${quoted(entry.name)}: ${state}`)
