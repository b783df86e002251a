import { CodedError } from '@berth/stdx'
import { lstatSync } from 'node:fs'

/** Where every container has a kernel file system. */
const mountPoints = ['proc', 'sys', 'dev']

/**
 * Refuses an image that has a link or a file where kernel file systems are mounted: a runtime that followed it would
 * mount, or read, somewhere else. Throws `invalid-argument`.
 */
export function checkRootfs(rootfs: string): void {
  for (const name of mountPoints) {
    const stats = lstatSync(`${rootfs}/${name}`, { throwIfNoEntry: false })
    if (stats !== undefined && !stats.isDirectory()) {
      throw new CodedError(
        'invalid-argument',
        `Cannot start container: /${name} of its image is not a directory`,
      )
    }
  }
}
