import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '@berth/host'
import { mustRun, outputOf } from './network-namespace.ts'

const sparseBytes = 24 * 2 ** 30

export interface Volume extends AsyncDisposable {
  directory: string
}

/**
 * A file system of its own for the engines' data: XFS in a sparse file. ext4 walks all inodes that were freed in the last
 * minute whenever it makes a new one, so that pulls would pay for the removal of the round before. The file is as near to a disk
 * as it can be: nothing of it is cached twice, and what was written once need not be allocated again.
 */
export async function createVolume(): Promise<Volume> {
  await using undo = new AsyncDisposableStack()
  const directory = undo.adopt(await mkdtemp(join(tmpdir(), 'berth-bench-volume-')), (path) =>
    rm(path, { recursive: true, force: true }),
  )
  if (!(await findProgram('mkfs.xfs', { searchPath: process.env['PATH'] ?? '' }))) {
    console.warn(
      'mkfs.xfs is not here (Debian: xfsprogs): times on ext4 hold the removal of the round before',
    )
    return volumeAt(directory, undo.move())
  }
  const image = join(directory, 'xfs.img')
  const mountPoint = join(directory, 'mounted')
  await mkdir(mountPoint)
  await using file = await open(image, 'wx')
  await file.truncate(sparseBytes)
  await mustRun(['mkfs.xfs', '-q', image])
  const device = (await outputOf(['losetup', '--find', '--show', '--direct-io=on', image])).trim()
  undo.defer(() => mustRun(['losetup', '--detach', device]))
  await mustRun(['mount', device, mountPoint])
  undo.defer(() => mustRun(['umount', mountPoint]))
  return volumeAt(mountPoint, undo.move())
}

const volumeAt = (directory: string, owned: AsyncDisposableStack): Volume => ({
  directory,
  [Symbol.asyncDispose]: () => owned.disposeAsync(),
})
