import { digestOf, type Descriptor, type DigestAlgorithm } from '@berth/oci'
import type { ContentStore } from '../content-store.ts'

/** Bytes and their descriptor. */
export interface Content {
  bytes: Buffer
  descriptor: Pick<Descriptor, 'digest' | 'size'>
}

export function content(bytes: string | Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Content {
  const buffer = Buffer.from(bytes as string)
  return { bytes: buffer, descriptor: { digest: digestOf(buffer, algorithm), size: buffer.length } }
}

export async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(body))
}

export async function digestsIn(store: ContentStore): Promise<string[]> {
  const blobs = await Array.fromAsync(store.listBlobs())
  return blobs.map((blob) => blob.digest).sort()
}
