import type { TarMember } from '../tar/pack-tar.ts'
import type { ByteString } from '../tar/tar-entry.ts'
import { isWhiteout, type TreeEntry } from './tree-entry.ts'

/**
 * The entries of a tree as members of a layer's archive: whiteouts and opaque directories as OCI's image layer
 * specification writes them ("Whiteouts").
 */
export async function* treeMembers(entries: AsyncIterable<TreeEntry>): AsyncGenerator<TarMember> {
  for await (const { isOpaque, ...entry } of entries) {
    if (isWhiteout({ isOpaque, ...entry })) yield { name: whiteoutOf(entry.name) }
    else if (entry.type === 'directory') {
      const name = `${entry.name || '.'}/`
      yield { ...entry, name }
      if (isOpaque) yield { name: `${name}.wh..wh..opq` }
    } else yield entry
  }
}

function whiteoutOf(path: ByteString): ByteString {
  const base = path.lastIndexOf('/') + 1
  return `${path.slice(0, base)}.wh.${path.slice(base)}`
}
