import { type Kernel, namespaceFlags } from '@berth/syscalls'
import { closeSync, openSync, writeSync } from 'node:fs'

/** The calling thread's own; the path of the process would name its first thread's. */
export const threadNamespacePath = '/proc/thread-self/ns/net'

type Synchronous<T> = T extends PromiseLike<unknown> ? never : T

/**
 * Runs `action` with the calling thread in another network namespace, into which `enter` brings it, and comes back.
 *
 * A namespace belongs to a thread, so nothing else runs in it as long as `action` does not wait and starts nothing
 * asynchronous: a thread of libuv's pool that were born meanwhile would inherit the namespace for good. If the way
 * back fails, the process aborts: every later socket would be on the wrong network.
 */
export function insideNamespace<T>(
  kernel: Pick<Kernel, 'setNamespace'>,
  enter: () => void,
  action: () => Synchronous<T>,
): Synchronous<T> {
  const home = openSync(threadNamespacePath, 'r')
  try {
    enter()
    return action()
  } finally {
    comeBack(kernel, home)
    closeSync(home)
  }
}

function comeBack(kernel: Pick<Kernel, 'setNamespace'>, home: number): void {
  try {
    kernel.setNamespace(home, namespaceFlags.network)
  } catch (error) {
    writeSync(2, `Cannot return to the host's network namespace: ${String(error)}\n`)
    process.abort()
  }
}
