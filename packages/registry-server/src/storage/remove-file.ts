import { unlink } from 'node:fs/promises'
import { systemCode } from '@berth/stdx'

/** Not there is success. Node's own `rm` looks first, which is a step more for each of many files. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
}
