import { packTar, treeMembers, walkTree } from '@berth/layer'
import { readAhead } from '@berth/stdx'
import { gathered } from '../gathered.ts'
import type { ContainerContext } from './container-context.ts'
import { containerEvent } from './record/container-events.ts'
import { getContainer } from './record/find-container.ts'

const pieceBytes = 256 * 1024

/** The root of a container as an archive, as a stream: its image's files with its own changes, without what is mounted there. */
export async function* exportContainer(
  context: ContainerContext,
  nameOrId: string,
  { signal }: { signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const record = getContainer(context.containers, nameOrId)
  await using view = await context.snapshotter.viewSnapshot(record.id)
  for await (const piece of readAhead(gathered(packTar(treeMembers(walkTree(view.fd))), pieceBytes))) {
    signal.throwIfAborted()
    yield piece
  }
  containerEvent(context.events, record, { action: 'export' })
}
