import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'

export interface Swapping extends AsyncDisposable {
  /** How often they have changed places. */
  readonly swaps: number
}

/**
 * Two names of `directory` change places (renameat2, RENAME_EXCHANGE) as fast as the kernel does it, until disposed. It
 * works on the files of a container as a process in it would, without needing a program there that can do it.
 */
export async function swapping(directory: string, names: readonly [string, string]): Promise<Swapping> {
  const stop = new SharedArrayBuffer(8)
  const words = new Int32Array(stop)
  const worker = new Worker(join(import.meta.dirname, 'swapping-thread.main.ts'), {
    workerData: { directory, names, stop },
    trackUnmanagedFds: false,
  })
  const exited = once(worker, 'exit')
  exited.catch(() => undefined)
  await once(worker, 'online')
  return {
    get swaps() {
      return Atomics.load(words, 1)
    },
    async [Symbol.asyncDispose]() {
      // It ends by itself: a thread that is terminated in a system call of ours takes the process with it.
      Atomics.store(words, 0, 1)
      await exited
    },
  }
}
