import { byteString, mergeArchive, type MergeArchiveOptions } from '@berth/layer'
import { resolveUser } from '@berth/runtime'
import { CodedError, isCoded, systemCode } from '@berth/stdx'
import { constants } from 'node:fs'
import type { ContainerContext } from '../container-context.ts'
import { containerEvent } from '../record/container-events.ts'
import type { ContainerRecord } from '../record/container-record.ts'
import { getContainer } from '../record/find-container.ts'
import type { ContainerRoot } from './container-root.ts'
import { openContainerRoot } from './open-container-root.ts'
import { isBelowMount, mountTargets } from './mount-targets.ts'
import { openPath, type WantedPath } from './open-path.ts'
import { pathInRoot, type Handle } from './root-path.ts'
import { wantedPath } from './stat-path.ts'

export interface ExtractOptions {
  /** Of a directory in the container; a link to one is followed. */
  path: string
  /** A tar, compressed or not. */
  archive: AsyncIterable<Uint8Array>
  /** Directories and other files may take each other's place. */
  replacesDirectories: boolean
  /** All of it becomes the container's user's, where it has one. */
  isUsers: boolean
  signal: AbortSignal
}

/** Unpacks an archive into a directory of a container, running or not. */
export async function extractToContainer(
  context: ContainerContext,
  nameOrId: string,
  { path, archive, replacesDirectories, isUsers, signal }: ExtractOptions,
): Promise<void> {
  const record = getContainer(context.containers, nameOrId)
  await using root = await openContainerRoot(context, record.id, { signal })
  using directory = openDirectory(context, root, wantedPath(nameOrId, path))
  const place = pathInRoot(root.fd, directory.fd)
  verifyWritable(context, root, { record, path: place })
  const target = { fd: directory.fd, path: byteString(place), rootFd: root.fd }
  const owner = isUsers ? ownerOf(record, root) : 'archive'
  await mergeArchive(archive, { target, owner, replacesDirectories, signal })
  containerEvent(context.events, record, { action: 'extract-to-dir' })
}

function openDirectory(context: ContainerContext, root: ContainerRoot, wanted: WantedPath): Handle {
  try {
    return openPath(context.kernel, root, { ...wanted, flags: constants.O_DIRECTORY })
  } catch (error) {
    if (!isCoded(error) || systemCode(error.cause) !== 'ENOTDIR') throw error
    throw new CodedError('invalid-argument', 'extraction point is not a directory', { cause: error })
  }
}

/** Said before anything is read; what an archive reaches by links is up to the kernel. */
function verifyWritable(
  context: ContainerContext,
  root: ContainerRoot,
  { record, path }: { record: ContainerRecord; path: string },
): void {
  const [mount] = mountTargets(context.kernel, root, record.hostConfig)
    .filter((target) => isBelowMount(path, target.path))
    .sort((a, b) => b.path.length - a.path.length)
  if (mount?.isReadOnly) throw new CodedError('forbidden', 'mounted volume is marked read-only')
  if (!mount && record.hostConfig.ReadonlyRootfs)
    throw new CodedError('forbidden', 'container rootfs is marked read-only')
}

function ownerOf({ config }: ContainerRecord, root: ContainerRoot): MergeArchiveOptions['owner'] {
  if (!config.User) return 'archive'
  const { uid, gid } = resolveUser(`/proc/self/fd/${root.fd}`, config.User)
  return { uid, gid }
}
