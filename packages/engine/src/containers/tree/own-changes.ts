import type { TreeEntry } from '@berth/layer'
import type { TreeLookup } from './tree-lookup.ts'

/** What the runtime makes in every root to mount something on, where the image has none of it. */
const mountPoints: Readonly<Record<string, 'directory' | 'file'>> = {
  dev: 'directory',
  'dev/console': 'file',
  'dev/mqueue': 'directory',
  'dev/pts': 'directory',
  'dev/shm': 'directory',
  etc: 'directory',
  'etc/hostname': 'file',
  'etc/hosts': 'file',
  'etc/resolv.conf': 'file',
  proc: 'directory',
  sys: 'directory',
}

/**
 * The entries of a container's top that tell of the container's own doing: without the mount points that every container
 * is given, and without directories that are there for nothing else. `below` is what the layers hold.
 */
export async function* ownChanges(
  entries: AsyncIterable<TreeEntry>,
  below: Pick<TreeLookup, 'find'>,
): AsyncGenerator<TreeEntry> {
  // Directories of which nothing is told yet, each in the one before it.
  let pending: TreeEntry[] = []
  for await (const entry of entries) {
    pending = pending.filter(({ name }) => name === '' || entry.name.startsWith(`${name}/`))
    if (entry.name === '' || isMountPoint(entry, below)) {
      if (entry.type === 'directory') pending.push(entry)
      continue
    }
    yield* pending
    pending = []
    yield entry
  }
}

function isMountPoint(entry: TreeEntry, below: Pick<TreeLookup, 'find'>): boolean {
  const expected = Object.hasOwn(mountPoints, entry.name) ? mountPoints[entry.name] : undefined
  if (expected !== entry.type || entry.sizeBytes > 0 || entry.isOpaque) return false
  const before = below.find(entry.name)
  if (!before) return true
  return expected === 'directory' && hasSameAttributes(entry, before)
}

/** True when nobody changed who owns and may use the directory; its time changes with what is made in it. */
export function hasSameAttributes(
  { type, mode, uid, gid }: TreeEntry,
  before: NonNullable<ReturnType<TreeLookup['find']>>,
): boolean {
  const isSameType = before.isDirectory() === (type === 'directory')
  return (
    isSameType &&
    BigInt(mode) === (before.mode & 0o7777n) &&
    BigInt(uid) === before.uid &&
    BigInt(gid) === before.gid
  )
}
