import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TreeEntry } from '@berth/layer'
import { ownChanges } from './own-changes.ts'
import type { TreeLookup } from './tree-lookup.ts'

const entry = (name: string, more: Partial<TreeEntry> = {}): TreeEntry => ({
  name,
  type: 'directory',
  linkName: '',
  mode: 0o755,
  uid: 0,
  gid: 0,
  sizeBytes: 0,
  mtimeSeconds: 0,
  mtimeNanoseconds: 0,
  major: 0,
  minor: 0,
  xattrs: new Map(),
  isOpaque: false,
  ...more,
})
const file = (name: string, sizeBytes = 0) => entry(name, { type: 'file', sizeBytes })

const before: Record<string, number> = { etc: 0o755, dev: 0o700 }
const below: Pick<TreeLookup, 'find'> = {
  find: (path) =>
    before[path] === undefined
      ? undefined
      : ({ isDirectory: () => true, mode: BigInt(before[path]), uid: 0n, gid: 0n } as ReturnType<
          TreeLookup['find']
        >),
}

async function namesOf(...entries: TreeEntry[]): Promise<string[]> {
  async function* all() {
    yield* entries
  }
  return Array.fromAsync(ownChanges(all(), below), ({ name }) => name)
}

test('ownChanges() leaves out what every container is given, and what is there for nothing else', async () => {
  const given = [entry(''), entry('etc'), file('etc/hosts'), entry('proc'), entry('sys')]
  assert.deepEqual(await namesOf(...given), [])
})

test('ownChanges() tells of the way to what a container made', async () => {
  const names = await namesOf(
    entry(''),
    entry('etc'),
    file('etc/hosts'),
    file('etc/mine', 1),
    entry('proc'),
    file('x'),
  )
  assert.deepEqual(names, ['', 'etc', 'etc/mine', 'x'])
})

test('ownChanges() keeps mount points that the container changed', async () => {
  assert.deepEqual(await namesOf(entry('dev'), file('etc/hosts', 5)), ['dev', 'etc/hosts'])
  assert.deepEqual(await namesOf(entry('etc', { mode: 0o700 }), file('etc/hosts')), ['etc'])
  assert.deepEqual(await namesOf(entry('etc', { isOpaque: true })), ['etc'])
  assert.deepEqual(await namesOf(entry('proc', { type: 'symlink' })), ['proc'])
})
