import { randomUUID } from 'node:crypto'
import type { ContentId, ContentStore, Ingest } from '@berth/content'
import type { Hold } from './hold.ts'

export interface ReceiveBlobOptions {
  content: ContentStore
  hold: Hold
  /** What the bytes must be; else they are taken as they are. */
  expected?: ContentId
  onProgress?: (currentBytes: number) => void
}

/** Makes bytes that come once a blob under the lease. After a failure nothing of them stays. */
export async function receiveBlob(
  body: AsyncIterable<Uint8Array>,
  { content, hold, expected, onProgress }: ReceiveBlobOptions,
): Promise<ContentId> {
  const options = { leaseId: hold.lease.id, transient: true }
  await using ingest = await content.openIngest(`received ${randomUUID()}`, options)
  try {
    await writeAll(ingest, body, onProgress)
    return await ingest.commit(expected)
  } catch (error) {
    await ingest.truncate()
    throw error
  }
}

/** The next piece comes while one is written. */
async function writeAll(
  ingest: Ingest,
  body: AsyncIterable<Uint8Array>,
  onProgress: ReceiveBlobOptions['onProgress'],
): Promise<void> {
  let writing: Promise<void> = Promise.resolve()
  try {
    for await (const piece of body) {
      await writing
      writing = ingest.write(piece)
      // Awaited in the next turn; a failure until then is not unhandled.
      writing.catch(() => undefined)
      onProgress?.(ingest.offset)
    }
  } finally {
    await writing
  }
}
