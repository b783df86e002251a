import { messageOf, systemCode, type Logger } from '@berth/stdx'
import { unmountFlags, type Kernel } from '@berth/syscalls'
import { readMountTable } from './mount-table.ts'

/** Codes of umount2(2) for a path where nothing is mounted, or that does not exist. */
const alreadyGone = new Set(['EINVAL', 'ENOENT'])

const busyText = 'snapshot: mount is busy, detaching it'

/**
 * Unmounts what lies at `path` itself, never behind a link. Nothing there is success. A mount that is busy is detached:
 * it disappears from the tree now and ends when its last user lets go. For file systems that hold no unwritten data.
 */
export function unmountPath(kernel: Pick<Kernel, 'unmount'>, path: string, logger: Logger): void {
  try {
    kernel.unmount(path, unmountFlags.noFollow)
  } catch (error) {
    const code = systemCode(error) ?? ''
    if (alreadyGone.has(code)) return
    if (code !== 'EBUSY') throw error
    logger.warn(busyText, { path, error: messageOf(error) })
    kernel.unmount(path, unmountFlags.noFollow | unmountFlags.detach)
  }
}

/** As `unmountPath`, for the root of a container: the kernel may have to write much before it is done. */
export async function unmountRoot(
  kernel: Pick<Kernel, 'unmountInBackground'>,
  path: string,
  logger: Logger,
): Promise<void> {
  try {
    await kernel.unmountInBackground(path, unmountFlags.noFollow)
  } catch (error) {
    // The error does not say which of busy and gone it was; the mount table does.
    if (!readMountTable().some((entry) => entry.mountPoint === path)) return
    logger.warn(busyText, { path, error: messageOf(error) })
    await kernel.unmountInBackground(path, unmountFlags.noFollow | unmountFlags.detach)
  }
}
