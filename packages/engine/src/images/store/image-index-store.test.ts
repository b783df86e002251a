import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '@berth/oci'
import { openDatabase } from '@berth/stdx'
import { ImageStore, type ImageRecord } from './image-store.ts'
import { noContent, sampleImage } from '../../testsuite/sample-image.ts'

const digest = digestOf('index')
const tags = ['docker.io/library/multi:1']

const image = (architecture: string) => sampleImage(architecture, { architecture })

const [amd, arm, power] = [image('amd64'), image('arm64'), image('ppc64le')]

function storeOf(...members: readonly ImageRecord[]): ImageStore {
  const store = new ImageStore(openDatabase(':memory:'))
  const index = { digest, members: members.map((record) => ({ record, content: noContent })) }
  store.add(amd, noContent, { tags, index })
  return store
}

const shown = (store: ImageStore) => store.list().map(({ architecture }) => architecture)
const stored = (store: ImageStore) =>
  store
    .listWithMembers()
    .map(({ architecture }) => architecture)
    .sort()

test('list() leaves members of an index out until they have a name of their own', () => {
  const store = storeOf(arm)
  assert.deepEqual(shown(store), ['amd64'])
  assert.deepEqual(store.findIndex(amd.imageId), { digest, members: [arm.imageId] })
  store.setTag('docker.io/library/arm:1', arm.imageId)
  assert.deepEqual(shown(store).sort(), ['amd64', 'arm64'])
  store.deleteNames(['docker.io/library/arm:1'])
  assert.deepEqual(shown(store), ['amd64'])
})

test('delete() takes members that nothing else holds', () => {
  const store = storeOf(arm, power)
  store.setTag('docker.io/library/arm:1', arm.imageId)
  assert.deepEqual(store.delete(amd.imageId), [amd.imageId, power.imageId])
  assert.deepEqual(stored(store), ['arm64'])
})

test('delete() leaves members that another image of an index holds', () => {
  const store = storeOf(arm)
  store.add(power, noContent, {
    index: { digest: digestOf('other'), members: [{ record: arm, content: noContent }] },
  })
  assert.deepEqual(store.delete(amd.imageId), [amd.imageId])
  assert.deepEqual(store.delete(power.imageId), [power.imageId, arm.imageId])
  assert.deepEqual(stored(store), [])
})

test('add() makes what its tag pointed at a member when it is of the same index', () => {
  const store = storeOf(power)
  store.add(arm, noContent, { tags, index: { digest, members: [] } })
  assert.deepEqual(store.findIndex(arm.imageId)?.members, [amd.imageId, power.imageId].sort())
  assert.deepEqual(shown(store), ['arm64'])
  const other = image('s390x')
  store.add(other, noContent, { tags, index: { digest: digestOf('newer'), members: [] } })
  assert.deepEqual(store.findIndex(other.imageId)?.members, [])
  assert.deepEqual(shown(store).sort(), ['arm64', 's390x'])
})

test('replace() gives names and members to another one of the index', () => {
  const store = storeOf(arm, power)
  store.replace(amd.imageId, arm.imageId)
  assert.equal(store.findByTag(tags[0] ?? ''), arm.imageId)
  assert.deepEqual(store.findIndex(arm.imageId), { digest, members: [power.imageId] })
  assert.deepEqual(stored(store), ['arm64', 'ppc64le'])
})
