import { digestAlgorithm, Digester, type Digest } from '@berth/oci'
import { isCoded, messageOf } from '@berth/stdx'
import type { ImageContext } from '../image-context.ts'

/** What is wrong with something stored, in words; undefined when nothing is. */
export interface Verdict {
  fault?: { problem: 'broken' | 'missing'; message: string }
  /** Read and verified. */
  readBytes: number
}

export const missing = (message: string): Verdict => ({
  fault: { problem: 'missing', message },
  readBytes: 0,
})
export const broken = (message: string, readBytes = 0): Verdict => ({
  fault: { problem: 'broken', message },
  readBytes,
})

/** Reads a blob and holds it against its name. What the disk refuses to read is broken, too. */
export async function checkBlob(
  { content }: Pick<ImageContext, 'content'>,
  digest: Digest,
  signal: AbortSignal,
): Promise<Verdict> {
  const digester = new Digester(digestAlgorithm(digest))
  try {
    for await (const chunk of content.readBlob(digest, { signal })) digester.update(chunk)
  } catch (error) {
    signal.throwIfAborted()
    return isCoded(error, 'not-found') ? missing('the blob is gone') : broken(messageOf(error))
  }
  const actual = digester.digest()
  return actual === digest
    ? { readBytes: digester.sizeBytes }
    : broken(`the content has digest ${actual}`, digester.sizeBytes)
}
