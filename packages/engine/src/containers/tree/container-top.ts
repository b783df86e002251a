import { walkTree, type TreeEntry } from '@berth/layer'
import { CodedError } from '@berth/stdx'
import { open } from 'node:fs/promises'
import type { ContainerContext } from '../container-context.ts'
import type { ContainerRecord } from '../record/container-record.ts'
import { ownChanges } from './own-changes.ts'
import { TreeLookup } from './tree-lookup.ts'

/** What a container changed, and what it looked like before. */
export interface ContainerTop {
  entries: AsyncIterable<TreeEntry>
  top: TreeLookup
  below: TreeLookup
}

/** Reads the writable top of a container, running or not, while `read` does; throws `conflict` when it was removed meanwhile. */
export async function withTop<T>(
  context: ContainerContext,
  record: ContainerRecord,
  read: (top: ContainerTop) => Promise<T>,
): Promise<T> {
  const { kernel, snapshotter, containers } = context
  const snapshot = await snapshotter.findSnapshot(record.id)
  if (!snapshot) throw beingRemoved(record)
  await using top = await open(snapshot.upper, 'r')
  await using view = await snapshotter.viewLayers(snapshot.layers)
  const below = new TreeLookup(kernel, view.fd)
  const entries = ownChanges(walkTree(top.fd, { includesRoot: true }), below)
  const result = await read({ entries, top: new TreeLookup(kernel, top.fd), below })
  // Who removes a container takes its files away while they are read.
  const status = containers.find(record.id)?.state.status ?? 'removing'
  if (status === 'removing') throw beingRemoved(record)
  return result
}

const beingRemoved = ({ id }: ContainerRecord): CodedError =>
  new CodedError('conflict', `container ${id} is being removed`)
