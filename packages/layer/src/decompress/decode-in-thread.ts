import { CodedError } from '@berth/stdx'
import { on } from 'node:events'
import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { errorOf } from '../threads/error-data.ts'
import { givenIndex, takenIndex, type DecoderReply, type DecoderStart } from './decoder-messages.ts'
import type { ThreadedCompression } from './file-compression.ts'

/** Beside this module, a source or a bundle like it. */
const programPath = join(import.meta.dirname, `decoder-thread.main${extname(import.meta.filename)}`)
const heapMebibytesMax = 256

export interface DecodeOptions {
  compression: ThreadedCompression
  signal: AbortSignal | undefined
}

/** The uncompressed bytes of `source`, by a decoder that would hold up whoever runs it: it has a thread of its own. */
export async function* decodeInThread(
  source: AsyncIterator<Uint8Array>,
  { compression, signal }: DecodeOptions,
): AsyncGenerator<Uint8Array> {
  const counters = new Int32Array(new SharedArrayBuffer(8))
  const workerData: DecoderStart = { compression, counters }
  const worker = new Worker(programPath, {
    name: 'berth-decoder',
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: heapMebibytesMax },
  })
  try {
    for await (const [reply] of on(worker, 'message', { close: ['exit'], ...(signal ? { signal } : {}) })) {
      const message = reply as DecoderReply
      if (message.type === 'end') return
      if (message.type === 'failed') throw errorOf(message.error)
      if (message.type === 'want') await giveNext(worker, source)
      else yield message.bytes
      count(counters, message.type === 'want' ? givenIndex : takenIndex)
    }
    throw new CodedError('internal', `Cannot decompress ${compression}: the thread ended`)
  } finally {
    await worker.terminate()
    await source.return?.()
  }
}

async function giveNext(worker: Worker, source: AsyncIterator<Uint8Array>): Promise<void> {
  const next = await source.next()
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  worker.postMessage(next.done ? null : next.value)
}

function count(counters: Int32Array, index: number): void {
  Atomics.add(counters, index, 1)
  Atomics.notify(counters, index)
}
