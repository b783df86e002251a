import type { FilesystemChange } from '@berth/api'
import { isWhiteout, type TreeEntry } from '@berth/layer'
import type { ContainerContext } from './container-context.ts'
import { getContainer } from './record/find-container.ts'
import { hasSameAttributes } from './tree/own-changes.ts'
import { withTop, type ContainerTop } from './tree/container-top.ts'

/** Docker's kinds of change. */
const kinds = { modified: 0, added: 1, deleted: 2 } as const

/** What a container changed of its image's files, by path. */
export async function containerChanges(
  context: ContainerContext,
  nameOrId: string,
): Promise<FilesystemChange[]> {
  const record = getContainer(context.containers, nameOrId)
  return withTop(context, record, async (top) => {
    const changes: FilesystemChange[] = []
    for await (const entry of top.entries) changes.push(...changesOf(entry, top))
    return changes.sort((a, b) => (a.Path < b.Path ? -1 : 1))
  })
}

function changesOf(entry: TreeEntry, { below, top }: ContainerTop): FilesystemChange[] {
  if (entry.name === '') return []
  if (isWhiteout(entry)) return [change(entry.name, kinds.deleted)]
  const before = below.find(entry.name)
  if (!before) return [change(entry.name, kinds.added)]
  if (entry.isOpaque) return [change(entry.name, kinds.modified), ...hidden(entry.name, { below, top })]
  // Every directory above a change is in the top, too.
  const isUntouched =
    entry.type === 'directory' && hasSameAttributes(entry, before) && before.mtimeNs === timeOf(entry)
  return isUntouched ? [] : [change(entry.name, kinds.modified)]
}

/** What a directory that was made anew in the place of an old one lacks of it. */
function hidden(directory: string, { below, top }: Pick<ContainerTop, 'below' | 'top'>): FilesystemChange[] {
  const names = new Set(top.names(directory))
  const gone = below.names(directory).filter((name) => !names.has(name))
  return gone.map((name) => change(`${directory}/${name}`, kinds.deleted))
}

const timeOf = ({ mtimeSeconds, mtimeNanoseconds }: TreeEntry): bigint =>
  BigInt(mtimeSeconds) * 1_000_000_000n + BigInt(mtimeNanoseconds)

const change = (name: string, Kind: FilesystemChange['Kind']): FilesystemChange => ({
  Path: `/${Buffer.from(name, 'latin1').toString()}`,
  Kind,
})
