import type { TarMember } from '../tar/pack-tar.ts'
import type { ByteString } from '../tar/tar-entry.ts'
import type { TreeEntry } from './tree-entry.ts'

/** The one attribute that a copy keeps: without it a program would not run as it did. */
const keptXattr = 'security.capability'

/**
 * The entries of a walk as members of an archive that is called `name` as a whole: the entry `root` of the walk, '' for
 * a directory's own, takes that name, and what lies below it keeps its path from there. Times are whole seconds, so that
 * plain headers hold them.
 */
export async function* copiedMembers(
  entries: AsyncIterable<TreeEntry>,
  { root, name }: { root: ByteString; name: ByteString },
): AsyncGenerator<TarMember> {
  const prefix = name === '/' ? '' : name
  const renamed = (path: ByteString): ByteString => (path === root ? name : `${prefix}/${path}`)
  for await (const { isOpaque: _, ...entry } of entries) {
    const path = renamed(entry.name)
    yield {
      ...entry,
      name: entry.type === 'directory' && !path.endsWith('/') ? `${path}/` : path,
      linkName: entry.type === 'link' ? renamed(entry.linkName) : entry.linkName,
      mtimeNanoseconds: 0,
      xattrs: new Map([...entry.xattrs].filter(([key]) => key === keptXattr)),
    }
  }
}
