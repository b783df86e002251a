import assert from 'node:assert/strict'
import { test } from 'node:test'
import { migrate, openDatabase } from '@berth/stdx'
import { imageMigrations } from './image-schema.ts'
import { ImageStore } from './image-store.ts'
import { noContent, sampleImage } from '../../testsuite/sample-image.ts'

const [base, middle, tip] = [sampleImage('base'), sampleImage('middle'), sampleImage('tip')]

function storeOfThree(): ImageStore {
  const store = new ImageStore(openDatabase(':memory:'))
  store.add(base, noContent, {})
  store.add(middle, noContent, { parentId: base.imageId })
  store.add(tip, noContent, { parentId: middle.imageId })
  return store
}

test('parentOf() and childrenOf() tell what was made of what', () => {
  const store = storeOfThree()
  assert.equal(store.parentOf(base.imageId), undefined)
  assert.equal(store.parentOf(tip.imageId), middle.imageId)
  assert.deepEqual(store.childrenOf(base.imageId), [middle.imageId])
  assert.deepEqual(store.childrenOf(tip.imageId), [])
})

test('add() of an image that is there keeps its parent', () => {
  const store = storeOfThree()
  store.add(tip, noContent, { tags: ['docker.io/library/tip:1'] })
  assert.equal(store.parentOf(tip.imageId), middle.imageId)
})

test('add() with a parent that went meanwhile adds the image without one', () => {
  const store = new ImageStore(openDatabase(':memory:'))
  store.add(tip, noContent, { parentId: middle.imageId })
  assert.ok(store.find(tip.imageId))
  assert.equal(store.parentOf(tip.imageId), undefined)
})

test('delete() takes several at once, and leaves children of what went without a parent', () => {
  const store = storeOfThree()
  assert.deepEqual(store.delete(base.imageId), [base.imageId])
  assert.equal(store.parentOf(middle.imageId), undefined)
  assert.deepEqual(store.delete(tip.imageId, middle.imageId), [tip.imageId, middle.imageId])
  assert.deepEqual(store.list(), [])
})

test('a store from before there were parents keeps its images and takes parents from then on', () => {
  const database = openDatabase(':memory:')
  migrate(database, 'images', imageMigrations.slice(0, 3))
  database
    .prepare('INSERT INTO image VALUES (?, ?, ?)')
    .run(base.imageId, base.createdAt, JSON.stringify(base))
  const store = new ImageStore(database)
  assert.deepEqual(store.list(), [base])
  store.add(middle, noContent, { parentId: base.imageId })
  assert.deepEqual(store.childrenOf(base.imageId), [middle.imageId])
})
