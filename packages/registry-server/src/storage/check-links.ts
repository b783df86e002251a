import { randomUUID } from 'node:crypto'
import { link, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError, systemCode } from '@berth/stdx'
import { removeFile } from './remove-file.ts'

/** What link(2) and symlink(2) say on a file system that has none. */
const refusals: ReadonlySet<string> = new Set(['EPERM', 'EOPNOTSUPP', 'ENOTSUP', 'ENOSYS', 'EINVAL'])

/**
 * Locks are symbolic links, and a blob that was just uploaded has two names: where a directory has no links, that is told
 * before the first push. Throws `failed-precondition`.
 */
export async function checkLinks(directory: string): Promise<void> {
  const path = join(directory, `check-${randomUUID()}`)
  const names = { file: path, link: `${path}.link`, symlink: `${path}.symlink` }
  try {
    await writeFile(names.file, '', { flag: 'wx', mode: 0o600 })
    await link(names.file, names.link)
    await symlink(names.file, names.symlink)
  } catch (error) {
    if (!refusals.has(systemCode(error) ?? '')) throw error
    throw new CodedError(
      'failed-precondition',
      `Cannot keep blobs below ${directory}: its file system has no hard or no symbolic links`,
      { cause: error, hint: 'Use one that has them, such as ext4, XFS, Btrfs or NFS.' },
    )
  } finally {
    for (const name of Object.values(names)) await removeFile(name)
  }
}
