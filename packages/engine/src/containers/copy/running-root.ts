import { systemCode } from '@berth/stdx'
import { openFlags } from '@berth/syscalls'
import { closeSync, constants, fstatSync, openSync, statSync, type BigIntStats } from 'node:fs'
import type { ContainerContext } from '../container-context.ts'
import { rootfsPath } from '../process/container-files.ts'
import type { ContainerRecord } from '../record/container-record.ts'
import type { ContainerRoot } from './container-root.ts'

/** What opening something of a process says that has ended, or has not begun. */
const absences = new Set(['ENOENT', 'ESRCH', 'EACCES'])

/**
 * The root of a running container in its own mount namespace; undefined when the process has ended. It is known by its
 * inode, so neither a pid that is used again nor a process that changed its root leads elsewhere.
 */
export function openRunningRoot(
  context: Pick<ContainerContext, 'kernel' | 'settings'>,
  { id, state }: ContainerRecord,
): ContainerRoot | undefined {
  using stack = new DisposableStack()
  const keep = (fd: number): number => stack.adopt(fd, closeSync)
  try {
    const root = statSync(rootfsPath(context, id), { bigint: true })
    // Holds the namespace: without it mounts would disappear with the last process, in the middle of a copy.
    keep(openSync(`/proc/${state.pid}/ns/mnt`, constants.O_RDONLY))
    let fd = keep(openSync(`/proc/${state.pid}/root`, directoryFlags))
    for (let steps = 0; !isSame(fstatSync(fd, { bigint: true }), root); steps++) {
      if (steps === stepsMax) return undefined
      fd = keep(context.kernel.openat2(fd, '..', { flags: directoryFlags, resolve: 0 }))
    }
    const owned = stack.move()
    return { fd, isRunning: true, [Symbol.asyncDispose]: () => Promise.resolve(owned.dispose()) }
  } catch (error) {
    if (absences.has(systemCode(error) ?? '')) return undefined
    throw error
  }
}

const directoryFlags = openFlags.path | constants.O_DIRECTORY
/** Directories above the root that a process has given itself. */
const stepsMax = 32

const isSame = (a: BigIntStats, b: BigIntStats): boolean => a.dev === b.dev && a.ino === b.ino
