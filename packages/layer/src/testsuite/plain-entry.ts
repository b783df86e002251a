import type { TarEntry } from '../tar/tar-entry.ts'

/** What an entry has when nothing is said of it. */
export const plainEntry: Omit<TarEntry, 'type' | 'name'> = {
  linkName: '',
  mode: 0o644,
  uid: 0,
  gid: 0,
  sizeBytes: 0,
  mtimeSeconds: 0,
  mtimeNanoseconds: 0,
  major: 0,
  minor: 0,
  xattrs: new Map(),
}
