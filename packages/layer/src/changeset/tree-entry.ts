import type { ByteString, TarEntry } from '../tar/tar-entry.ts'

/**
 * One name of a tree on disk. In the top of an overlay, whiteouts are character devices 0/0 and opaque directories hide
 * what lower layers have there (Linux, Documentation/filesystems/overlayfs.rst); a merged view shows neither.
 */
export interface TreeEntry extends Omit<TarEntry, 'fragments'> {
  /** Path from the root, without a slash at either end; empty for the root itself. */
  name: ByteString
  isOpaque: boolean
  /** The content of a file, `sizeBytes` of it whatever is written meanwhile; only until the next entry is asked for. */
  body?: AsyncIterable<Uint8Array>
}

/** True for an entry of an overlay's top that hides one of the layers below. */
export const isWhiteout = ({ type, major, minor }: TreeEntry): boolean =>
  type === 'character-device' && major === 0 && minor === 0
