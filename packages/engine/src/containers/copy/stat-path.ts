import { goFileMode, type PathStat } from '@berth/api'
import type { Kernel } from '@berth/syscalls'
import { constants, fstatSync } from 'node:fs'
import { posix } from 'node:path'
import { formatTimestamp } from '../../timestamps.ts'
import type { ContainerContext } from '../container-context.ts'
import { getContainer } from '../record/find-container.ts'
import type { ContainerRoot } from './container-root.ts'
import { openContainerRoot } from './open-container-root.ts'
import { openPath, type WantedPath } from './open-path.ts'
import { cleanContainerPath, linkTarget } from './root-path.ts'

/** What is at a path in a container, running or not; a link there is not followed. */
export async function statContainerPath(
  context: ContainerContext,
  nameOrId: string,
  { path, signal }: { path: string; signal: AbortSignal },
): Promise<PathStat> {
  const { id } = getContainer(context.containers, nameOrId)
  await using root = await openContainerRoot(context, id, { signal })
  return statInRoot(context.kernel, root, wantedPath(nameOrId, path))
}

export const wantedPath = (container: string, asked: string): WantedPath => ({
  path: cleanContainerPath(asked),
  asked,
  container,
})

export function statInRoot(
  kernel: Pick<Kernel, 'openat2'>,
  root: ContainerRoot,
  wanted: WantedPath,
): PathStat {
  const { path } = wanted
  using found = openPath(kernel, root, { ...wanted, flags: constants.O_NOFOLLOW })
  const stats = fstatSync(found.fd, { bigint: true })
  return {
    name: posix.basename(path) || '/',
    size: Number(stats.size),
    mode: goFileMode(Number(stats.mode)),
    mtime: formatTimestamp(stats.mtimeNs).replace(/\.?0+Z$/, 'Z'),
    linkTarget: stats.isSymbolicLink() ? linkTarget(kernel, root.fd, path) : '',
  }
}
