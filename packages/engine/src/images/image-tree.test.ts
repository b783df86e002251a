import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '@berth/oci'
import { openDatabase } from '@berth/stdx'
import { childrenOf, isIntermediate, unneededAncestors, withDescendants } from './image-tree.ts'
import { ImageStore } from './store/image-store.ts'
import { noContent, sampleImage } from '../testsuite/sample-image.ts'

const [base, middle, tip, member] = [
  sampleImage('base'),
  sampleImage('middle'),
  sampleImage('tip'),
  sampleImage('member'),
]
const user = { id: 'c', isRunning: false }

/** `base`, which is named and for two platforms, `middle` of it and `tip` of that. */
function treeOfThree() {
  const images = new ImageStore(openDatabase(':memory:'))
  const index = { digest: digestOf('index'), members: [{ record: member, content: noContent }] }
  images.add(base, noContent, { tags: ['docker.io/library/base:1'], index })
  images.add(middle, noContent, { parentId: base.imageId })
  images.add(tip, noContent, { parentId: middle.imageId })
  const released = (users: readonly string[] = []) =>
    unneededAncestors({ images, containersOf: (id) => (users.includes(id) ? [user] : []) }, tip)
  return { images, released }
}

test('isIntermediate() is true of what has children and no name', () => {
  const { images } = treeOfThree()
  assert.deepEqual(
    [base, middle, tip].map((one) => isIntermediate(images, one)),
    [false, true, false],
  )
  images.setTag('docker.io/library/middle:1', middle.imageId)
  assert.equal(isIntermediate(images, middle), false)
})

test('withDescendants() follows children to the last', () => {
  const { images } = treeOfThree()
  assert.deepEqual(withDescendants(images, base), [base.imageId, middle.imageId, tip.imageId])
})

test('unneededAncestors() ends at a name, at a container and at another child', () => {
  const { images, released } = treeOfThree()
  assert.deepEqual(released(), [middle])
  assert.deepEqual(released([middle.imageId]), [])
  assert.deepEqual(released([member.imageId]), [middle])
  images.deleteNames(['docker.io/library/base:1'])
  assert.deepEqual(released(), [middle, base])
  assert.deepEqual(released([member.imageId]), [middle])
  images.add(sampleImage('other'), noContent, { parentId: base.imageId })
  assert.deepEqual(released(), [middle])
  images.add(sampleImage('another'), noContent, { parentId: middle.imageId })
  assert.deepEqual(released(), [])
})

test('children of a member of an index are children of the image that holds it', () => {
  const { images } = treeOfThree()
  const made = sampleImage('made of the member')
  images.add(made, noContent, { parentId: member.imageId })
  assert.deepEqual(childrenOf(images, base), [middle.imageId, made.imageId])
  assert.deepEqual(unneededAncestors({ images, containersOf: () => [] }, made), [])
})
