import { lstatSync, rmdirSync } from 'node:fs'
import { systemCode, type Logger } from '@berth/stdx'
import type { Kernel } from '@berth/syscalls'
import { unmountPath, unmountRoot } from './unmount-path.ts'

/** Takes away a mount of a layer, with the directory it is mounted on. Nothing there is success. */
export function hidePoint(kernel: Pick<Kernel, 'unmount'>, point: string, logger: Logger): void {
  if (!lstatSync(point, { throwIfNoEntry: false })) return
  unmountPath(kernel, point, logger)
  removeDirectory(point)
}

/** As `hidePoint`: the kernel takes tens of milliseconds for it, which are another thread's here. */
export async function hidePointInBackground(
  kernel: Pick<Kernel, 'unmount' | 'unmountInBackground'>,
  point: string,
  logger: Logger,
): Promise<void> {
  if (!lstatSync(point, { throwIfNoEntry: false })) return
  await unmountRoot(kernel, point, logger)
  removeDirectory(point)
}

/** Whoever hides what no snapshot needs may have come first. */
function removeDirectory(path: string): void {
  try {
    rmdirSync(path)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
}
