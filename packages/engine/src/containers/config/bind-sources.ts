import { CodedError, systemCode } from '@berth/stdx'
import { mkdir, stat } from 'node:fs/promises'
import type { HostConfig } from '@berth/api'
import { containerMounts } from './container-mounts.ts'

/** Makes the folders that `-v` may make, and refuses a mount whose source is not there. */
export async function checkBindSources(hostConfig: HostConfig): Promise<void> {
  for (const mount of containerMounts(hostConfig)) {
    if (mount.type !== 'bind' || (await isThere(mount.source))) continue
    if (!mount.createSource) {
      throw new CodedError(
        'invalid-argument',
        `invalid mount config for type "bind": bind source path does not exist: ${mount.source}`,
      )
    }
    await mkdir(mount.source, { recursive: true })
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}
