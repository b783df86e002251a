import { setTimeout as sleep } from 'node:timers/promises'
import type { Digester } from '@berth/oci'
import type { UploadWriter } from '../storage/storage.ts'
import type { GrowingBlob } from './growing-blob.ts'
import { UpstreamError, type UpstreamBlob } from './upstream.ts'

/** Attempts in a row that bring next to nothing. */
const attemptsMax = 4
const progressBytes = 1024 * 1024
const retryBaseMs = 250

export interface Reception {
  blob: GrowingBlob
  writer: UploadWriter
  /** Has seen what the upload has. */
  digester: Digester
  /** What upstream has begun to send; undefined where an upload is gone on with. */
  first: UpstreamBlob | undefined
  /** Asks upstream for what is missing. */
  open: (start: number) => Promise<UpstreamBlob>
  /** Waits until so many bytes may have come. */
  spend: (bytes: number) => Promise<void>
  /** Ends the attempts. */
  signal: AbortSignal
}

/** Brings all bytes of a blob into its upload, over lines that break, and checks them. Throws `UpstreamError`. */
export async function receiveBlob(reception: Reception): Promise<void> {
  const { blob, digester, open, signal } = reception
  let part = reception.first
  for (let attempt = 1; digester.sizeBytes !== blob.sizeBytes;) {
    const from = digester.sizeBytes
    try {
      part ??= await open(from)
      await receivePart(part, reception)
      break
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof UpstreamError) || !error.isPassing) throw error
      attempt = digester.sizeBytes - from >= progressBytes ? 1 : attempt + 1
      if (attempt > attemptsMax) throw error
      part = undefined
      await sleep(retryBaseMs * 2 ** (attempt - 1), undefined, { signal })
    }
  }
  if (digester.digest() !== blob.digest)
    throw new UpstreamError('failing', `upstream sent other bytes than those of ${blob.digest}`)
}

async function receivePart(part: UpstreamBlob, { blob, writer, digester, spend }: Reception): Promise<void> {
  const { sizeBytes = Infinity } = blob
  // Who gives all of it again instead of the rest gives what is there already.
  let surplus = digester.sizeBytes - part.start
  for await (const chunk of part.body) {
    await spend(chunk.length)
    const fresh = chunk.subarray(Math.min(surplus, chunk.length))
    surplus -= chunk.length - fresh.length
    if (fresh.length === 0) continue
    if (digester.sizeBytes + fresh.length > sizeBytes)
      throw new UpstreamError('failing', `upstream sent more than the ${sizeBytes} bytes it announced`)
    digester.update(fresh)
    await writer.write(fresh)
    await writer.flush()
    blob.advance(digester.sizeBytes)
  }
  if (sizeBytes !== Infinity && digester.sizeBytes < sizeBytes)
    throw new UpstreamError('failing', `upstream sent ${digester.sizeBytes} of ${sizeBytes} bytes`)
}
