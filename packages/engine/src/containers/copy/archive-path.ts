import { goFileType, type PathStat } from '@berth/api'
import { byteString, copiedMembers, packTar, walkTree, type TreeEntry } from '@berth/layer'
import { CodedError, readAhead } from '@berth/stdx'
import { closeSync, constants, openSync } from 'node:fs'
import { posix } from 'node:path'
import { gathered } from '../../gathered.ts'
import type { ContainerContext } from '../container-context.ts'
import { containerEvent } from '../record/container-events.ts'
import { getContainer } from '../record/find-container.ts'
import type { ContainerRoot } from './container-root.ts'
import { openContainerRoot } from './open-container-root.ts'
import { isBelowMount, mountTargets } from './mount-targets.ts'
import { openPath, type WantedPath } from './open-path.ts'
import { pathInRoot } from './root-path.ts'
import { statInRoot, wantedPath } from './stat-path.ts'

export interface PathArchive {
  stat: PathStat
  /** A tar. The container's files are held open until it has been read or its iterator returned, so one or the other must be. */
  body: AsyncIterable<Uint8Array>
}

const pieceBytes = 256 * 1024

/** What is at a path in a container, running or not, as an archive that is named as the path is. */
export async function archiveContainerPath(
  context: ContainerContext,
  nameOrId: string,
  { path: asked, signal }: { path: string; signal: AbortSignal },
): Promise<PathArchive> {
  const record = getContainer(context.containers, nameOrId)
  const wanted = wantedPath(nameOrId, asked)
  await using stack = new AsyncDisposableStack()
  const root = stack.use(await openContainerRoot(context, record.id, { signal }))
  const stat = statInRoot(context.kernel, root, wanted)
  const entersMount = mountsOf(context, root, record.id)
  const source = stack.use(openSource(context, root, { wanted, stat, entersMount }))
  containerEvent(context.events, record, { action: 'archive-path' })
  const names = { root: source.root, name: byteString(stat.name) }
  const archive = packTar(copiedMembers(source.entries, names))
  const owned = stack.move()
  async function* body(): AsyncGenerator<Uint8Array> {
    await using _held = owned
    for await (const piece of readAhead(gathered(archive, pieceBytes))) {
      signal.throwIfAborted()
      yield piece
    }
    // Who removes a container takes its files away while they are read.
    if ((context.containers.find(record.id)?.state.status ?? 'removing') === 'removing')
      throw new CodedError('conflict', `container ${record.id} is being removed`)
  }
  return { stat, body: body() }
}

type EntersMount = (path: string) => boolean

/** Mounts that were asked for are part of a container's files; what the kernel makes up for it is not. */
function mountsOf(context: ContainerContext, root: ContainerRoot, id: string): EntersMount {
  const { hostConfig } = getContainer(context.containers, id)
  const targets = mountTargets(context.kernel, root, hostConfig).map(({ path }) => byteString(path))
  return (path) => targets.some((target) => isBelowMount(path, target))
}

interface Source extends Disposable {
  entries: AsyncIterable<TreeEntry>
  /** The entry that stands for the whole. */
  root: string
}

interface SourceOptions {
  wanted: WantedPath
  stat: PathStat
  entersMount: EntersMount
}

function openSource(context: ContainerContext, root: ContainerRoot, options: SourceOptions): Source {
  const { wanted, stat, entersMount } = options
  const isDirectory = goFileType(stat.mode) === 'directory'
  const path = isDirectory ? wanted.path : posix.dirname(wanted.path)
  using handle = openPath(context.kernel, root, { ...wanted, path, flags: constants.O_DIRECTORY })
  const place = byteString(pathInRoot(root.fd, handle.fd))
  const fd = openSync(`/proc/self/fd/${handle.fd}`, constants.O_RDONLY | constants.O_DIRECTORY)
  const walk = {
    includesRoot: isDirectory,
    ...(isDirectory ? {} : { names: [Buffer.from(stat.name)] }),
    entersMount: (below: string) => entersMount(posix.join(place, below)),
  }
  return {
    entries: walkTree(fd, walk),
    root: isDirectory ? '' : byteString(stat.name),
    [Symbol.dispose]: () => closeSync(fd),
  }
}
