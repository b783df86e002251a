/**
 * Text in an archive is bytes of no known encoding. Everywhere in this package names, link targets and the names and
 * values of extended attributes are *byte strings*: one character a byte (latin1), so `<` sorts by bytes.
 */
export type ByteString = string

/** The bytes of `text` in UTF-8, as a byte string. */
export const byteString = (text: string): ByteString => Buffer.from(text).toString('latin1')

export type TarEntryType =
  | 'file'
  | 'link'
  | 'symlink'
  | 'character-device'
  | 'block-device'
  | 'directory'
  | 'fifo'

/** A piece of a sparse file that is stored; what lies between pieces reads as zeros. */
export interface Fragment {
  offset: number
  sizeBytes: number
}

/** One member of an archive, after PAX and GNU extensions are applied. */
export interface TarEntry {
  type: TarEntryType
  /** As written: may be absolute, hold `..`, or end in a slash. */
  name: ByteString
  /** Target of a `symlink`; name of the linked member of a `link`; else empty. */
  linkName: ByteString
  /** Permission bits with setuid, setgid and sticky. */
  mode: number
  uid: number
  gid: number
  /** Size of the file as it reads, holes included; 0 for what has no content. */
  sizeBytes: number
  mtimeSeconds: number
  mtimeNanoseconds: number
  /** Device numbers, 0 for what is no device. */
  major: number
  minor: number
  xattrs: ReadonlyMap<ByteString, ByteString>
  /** Present for sparse files: what is stored, in order, one behind the other. */
  fragments?: readonly Fragment[]
}

export const tarBlockBytes = 512

/** Bytes that fill the last block of `sizeBytes`. */
export const tarPadding = (sizeBytes: number): number =>
  (tarBlockBytes - (sizeBytes % tarBlockBytes)) % tarBlockBytes
