import { lstatSync, rmdirSync } from 'node:fs'
import type { Logger } from '@berth/stdx'
import type { Kernel } from '@berth/syscalls'
import { unmountPath } from './unmount-path.ts'

/** Takes away a mount of a layer, with the directory it is mounted on. Nothing there is success. */
export function hidePoint(kernel: Pick<Kernel, 'unmount'>, point: string, logger: Logger): void {
  if (!lstatSync(point, { throwIfNoEntry: false })) return
  unmountPath(kernel, point, logger)
  rmdirSync(point)
}
