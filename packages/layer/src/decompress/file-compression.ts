import type { Compression } from '@berth/oci'

/** How a file may be compressed: as a layer's media type can say, or in a way that archives alone come in. */
export type FileCompression = Compression | ThreadedCompression

/** What Node has no decoder for: decoded in a thread of its own. */
export type ThreadedCompression = 'xz' | 'bzip2'

const magics: readonly { compression: FileCompression; magic: Buffer }[] = [
  { compression: 'gzip', magic: Buffer.from([0x1f, 0x8b]) },
  { compression: 'zstd', magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) },
  // Frames of user data that a decoder passes over (RFC 8878, section 3.1.2).
  ...Array.from({ length: 16 }, (_, low) => ({
    compression: 'zstd' as const,
    magic: Buffer.from([0x50 + low, 0x2a, 0x4d, 0x18]),
  })),
  { compression: 'xz', magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) },
  // The block size, then a block or the end of a stream of none.
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((level) =>
    ['314159265359', '177245385090'].map((next) => ({
      compression: 'bzip2' as const,
      magic: Buffer.concat([Buffer.from(`BZh${level}`), Buffer.from(next, 'hex')]),
    })),
  ),
]

/** As many bytes as every magic fits in. */
export const magicBytes = 10

/** How bytes that start with `head` are compressed; `none` when no magic is known. */
export function detectCompression(head: Uint8Array): FileCompression {
  const found = magics.find(({ magic }) => magic.equals(head.subarray(0, magic.length)))
  return found?.compression ?? 'none'
}

/** True for what no media type of a layer names. */
export const isThreaded = (compression: FileCompression): compression is ThreadedCompression =>
  compression === 'xz' || compression === 'bzip2'
