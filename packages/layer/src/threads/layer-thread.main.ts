import { CodedError, isCoded, messageOf } from '@berth/stdx'
import { getHeapStatistics } from 'node:v8'
import { parentPort } from 'node:worker_threads'
import { SourceGrowth } from '../source-growth.ts'
import { writeLayer } from '../write-layer.ts'
import { errorData } from './error-data.ts'
import type { ThreadReply, ThreadRequest } from './thread-messages.ts'

/**
 * The tree of a layer is garbage as a whole; left to itself, a heap grows from layer to layer. To collect takes 10 ms and
 * more, so small layers do it for several together.
 */
const garbageBytesMax = 4 * 1024 * 1024

const port = parentPort
if (port === null) throw new CodedError('internal', 'Cannot run a layer thread: not in a worker')

const reply = (message: ThreadReply): void => port.postMessage(message)
let cancellation = new AbortController()
let underWay = Promise.resolve()
let collectedBytes = heapBytes()

async function write({ options, growth }: Extract<ThreadRequest, { type: 'write' }>): Promise<void> {
  cancellation = new AbortController()
  const { signal } = cancellation
  const onProgress = (readBytes: number): void => reply({ type: 'progress', readBytes })
  const followed = growth ? { growth: new SourceGrowth(growth) } : {}
  try {
    reply({ type: 'written', layer: await writeLayer({ ...options, ...followed, signal, onProgress }) })
  } catch (error) {
    reply({
      type: 'failed',
      error: errorData(isCoded(error) ? error : new CodedError('internal', messageOf(error))),
    })
  }
  collectGarbage()
}

function collectGarbage(): void {
  if (heapBytes() - collectedBytes < garbageBytesMax) return
  // The plain kind keeps the pages that it frees.
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  collectedBytes = heapBytes()
}

function heapBytes(): number {
  return getHeapStatistics().used_heap_size
}

port.on('message', (request: ThreadRequest) => {
  if (request.type === 'write') underWay = write(request)
  else cancellation.abort()
  if (request.type === 'end') void underWay.then(() => port.unref())
})
