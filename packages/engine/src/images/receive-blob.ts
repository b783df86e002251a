import { randomUUID } from 'node:crypto'
import type { ContentId, ContentStore } from '@berth/content'
import type { Hold } from './while-held.ts'

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
  await using ingest = await content.openIngest(`received ${randomUUID()}`, { leaseId: hold.lease.id })
  try {
    for await (const piece of body) {
      await ingest.write(piece)
      onProgress?.(ingest.offset)
    }
    return await ingest.commit(expected)
  } catch (error) {
    await ingest.truncate()
    throw error
  }
}
