import { extname, join } from 'node:path'
import { CodedError, messageOf, systemCode } from '@berth/stdx'
import { Worker } from 'node:worker_threads'
import type { WriteLayerOptions, WrittenLayer } from '../write-layer.ts'
import { errorOf } from './error-data.ts'
import type { ThreadReply, ThreadRequest } from './thread-messages.ts'

/** Holds the tree and the plan of a layer with as many entries as the default limits allow. */
const heapMebibytesMax = 2048

/** Beside this module, a source or a bundle like it. */
const programPath = join(import.meta.dirname, `layer-thread.main${extname(import.meta.filename)}`)

/**
 * A worker thread that writes layers, one at a time. It does not keep the process alive while it is idle. It ends by itself
 * when it is told to: a thread that is stopped inside the FFI library, or while that is loaded, takes the process with it.
 */
export class LayerThread implements AsyncDisposable {
  readonly #worker = new Worker(programPath, {
    name: 'berth-layer',
    // Descriptors come from openat2, which Node does not see; tracking would warn at each close.
    trackUnmanagedFds: false,
    resourceLimits: { maxOldGenerationSizeMb: heapMebibytesMax },
  })
  /** False once the thread ended, by itself or because it was told to. */
  isAlive = true
  #isEnding = false
  readonly #ended = Promise.withResolvers<void>()
  #settle: { reply: (message: ThreadReply) => void; fail: (error: unknown) => void } | undefined

  constructor() {
    this.#worker.unref()
    this.#worker.on('message', (message: ThreadReply) => this.#settle?.reply(message))
    this.#worker.on('error', (error) => this.#end(error))
    this.#worker.on('exit', () => {
      this.#end(new Error('the thread ended'))
      this.#ended.resolve()
    })
  }

  async write({ growth, signal, onProgress, ...options }: WriteLayerOptions): Promise<WrittenLayer> {
    if (this.#isEnding) throw new CodedError('unavailable', 'Cannot write layer: the writer is closed')
    const { promise, resolve, reject } = Promise.withResolvers<WrittenLayer>()
    const cancel = (): void => this.#request({ type: 'cancel' })
    const reply = (message: ThreadReply): void => {
      if (message.type === 'progress') onProgress?.(message.readBytes)
      else if (message.type === 'written') resolve(message.layer)
      else reject(errorOf(message.error))
    }
    this.#settle = { reply, fail: (error) => reject(threadError(error)) }
    this.#worker.ref()
    this.#request({ type: 'write', options, growth: growth?.shared })
    signal?.addEventListener('abort', cancel, { once: true })
    if (signal?.aborted) cancel()
    try {
      return await promise
    } finally {
      signal?.removeEventListener('abort', cancel)
      this.#settle = undefined
      if (!this.#isEnding) this.#worker.unref()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true
    this.#worker.ref()
    this.#request({ type: 'end' })
    await this.#ended.promise
  }

  #request(request: ThreadRequest): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage(request)
  }

  #end(error: unknown): void {
    this.isAlive = false
    this.#settle?.fail(error)
  }
}

function threadError(error: unknown): CodedError {
  if (systemCode(error) === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new CodedError(
      'invalid-argument',
      'Cannot unpack layer: it has too many entries for the memory of a thread',
      { cause: error },
    )
  }
  return new CodedError('internal', `Cannot write layer: ${messageOf(error)}`, { cause: error })
}
