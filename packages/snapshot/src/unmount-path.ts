import { messageOf, systemCode, type Logger } from '@berth/stdx'
import { unmountFlags, type Kernel } from '@berth/syscalls'

/** Codes of umount2(2) for a path where nothing is mounted, or that does not exist. */
const alreadyGone = new Set(['EINVAL', 'ENOENT'])

/**
 * Unmounts what lies at `path` itself, never behind a link. Nothing there is success. A mount that is busy is detached:
 * it disappears from the tree now and ends when its last user lets go.
 */
export function unmountPath(kernel: Pick<Kernel, 'unmount'>, path: string, logger: Logger): void {
  try {
    kernel.unmount(path, unmountFlags.noFollow)
  } catch (error) {
    const code = systemCode(error) ?? ''
    if (alreadyGone.has(code)) return
    if (code !== 'EBUSY') throw error
    logger.warn('snapshot: mount is busy, detaching it', { path, error: messageOf(error) })
    kernel.unmount(path, unmountFlags.noFollow | unmountFlags.detach)
  }
}
