import { systemCode } from '@berth/stdx'
import { linuxKernel, renameFlags } from '@berth/syscalls'
import { closeSync, constants, openSync } from 'node:fs'
import { workerData } from 'node:worker_threads'

/** Lets two names of a directory change places, over and over, until the thread is ended. */
const { directory, names, stop } = workerData as {
  directory: string
  names: readonly [string, string]
  stop: SharedArrayBuffer
}
const words = new Int32Array(stop)
const dirFd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY)
const [a, b] = names.map((path) => ({ dirFd, path })) as [
  { dirFd: number; path: string },
  { dirFd: number; path: string },
]
let swaps = 0
while (Atomics.load(words, 0) === 0) {
  try {
    linuxKernel.renameat2(a, b, renameFlags.exchange)
    Atomics.store(words, 1, ++swaps)
  } catch (error) {
    // Something is mounted there just now, or a copy has taken the one name away and not made it anew yet.
    if (!['EBUSY', 'ENOENT'].includes(systemCode(error) ?? '')) throw error
  }
}
closeSync(dirFd)
