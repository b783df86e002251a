import koffi from 'koffi'
import { constants } from 'node:os'
import { promisify } from 'node:util'

/** The C library this very process is linked with, whatever its file is called (glibc, musl). */
const library = koffi.load(null)

type Argument = number | bigint | string | Uint8Array | null

/** Failed system calls are shaped like Node's own: `code` is the errno's name, `syscall` the call. */
export interface SystemCallError extends Error {
  errno: number
  code: string
  syscall: string
}

/** Some numbers have two names (EAGAIN, EWOULDBLOCK): the first in the alphabet counts, as in Node. */
const errnoNames = new Map(
  Object.entries(constants.errno)
    .toSorted(([a], [b]) => (a < b ? 1 : -1))
    .map(([name, value]) => [value, name]),
)

function failure(syscall: string, detail: string): SystemCallError {
  const errno = koffi.errno()
  const code = errnoNames.get(errno) ?? `errno ${errno}`
  const error = new Error(`${code}: ${syscall}${detail === '' ? '' : ` ${detail}`}`)
  return Object.assign(error, { errno, code, syscall })
}

/**
 * Binds a C function that returns -1 on failure. `prototype` is its C prototype; `detail` of a call is what an error
 * names, for example the path.
 */
export function bind(name: string, prototype: string): (detail: string, ...args: Argument[]) => number {
  const call = library.func(prototype) as (...args: Argument[]) => number | bigint
  return (detail, ...args) => {
    const result = Number(call(...args))
    if (result === -1) throw failure(name, detail)
    return result
  }
}

/** As `bind`, on a thread of the pool: for calls that wait. Errors carry no errno: the thread's is lost. */
export function bindAsync(
  name: string,
  prototype: string,
): (detail: string, ...args: Argument[]) => Promise<number> {
  const call = promisify(
    (library.func(prototype) as unknown as { async: (...args: unknown[]) => void }).async,
  ) as unknown as (...args: Argument[]) => Promise<number | bigint>
  return async (detail, ...args) => {
    const result = Number(await call(...args))
    if (result === -1) throw new Error(`Cannot ${name} ${detail}: the kernel refused`)
    return result
  }
}

/** Calls that the C library does not wrap, by number; these are the same on x86-64 and arm64. */
export const systemCallNumbers = {
  pidfd_send_signal: 424,
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  pidfd_open: 434,
  openat2: 437,
  mount_setattr: 442,
  fchmodat2: 452,
} as const

/** The address of a buffer's first byte, for structures that point to others. The buffer must outlive the call. */
export const addressOf = (buffer: Uint8Array): bigint => koffi.address(buffer)
