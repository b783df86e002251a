import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { digestOf, mediaTypes } from '@berth/oci'
import { openSqliteMetadata, type NewManifest } from './metadata-store.ts'

const directory = mkdtempSync(join(tmpdir(), 'berth-metadata-'))
after(() => rmSync(directory, { recursive: true }))
let files = 0
const open = () => openSqliteMetadata(join(directory, `${files++}.db`))

const manifest = (text: string, extra: Partial<NewManifest> = {}): NewManifest => ({
  digest: digestOf(text),
  mediaType: mediaTypes.ociManifest,
  sizeBytes: text.length,
  subject: undefined,
  artifactType: undefined,
  annotations: undefined,
  ...extra,
})

test('addManifest() points its tags at it, all or none', async () => {
  await using metadata = open()
  await metadata.addManifest('a', manifest('one'), ['x', 'y'])
  await metadata.addManifest('a', manifest('two'), ['y'])
  assert.equal((await metadata.findTag('a', 'x'))?.digest, digestOf('one'))
  assert.equal((await metadata.findTag('a', 'y'))?.digest, digestOf('two'))
  const broken = [...Array.from({ length: 3 }, (_, index) => `t${index}`), null as unknown as string]
  await assert.rejects(metadata.addManifest('b', manifest('three'), broken))
  assert.equal(await metadata.hasRepository('b'), false)
  assert.equal(await metadata.findManifest('b', digestOf('three')), undefined)
})

test('deleteManifest() takes its tags and leaves those of others', async () => {
  await using metadata = open()
  await metadata.addManifest('a', manifest('one'), ['x', 'y'])
  await metadata.addManifest('a', manifest('two'), ['z'])
  assert.equal(await metadata.deleteManifest('a', digestOf('one')), true)
  assert.equal(await metadata.deleteManifest('a', digestOf('one')), false)
  assert.deepEqual(await metadata.listTags('a', { last: '', limit: 10 }), ['z'])
})

test('writes at the same time wait for each other', async () => {
  await using metadata = open()
  await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      metadata.addManifest(`r${index % 3}`, manifest(`m${index}`), ['latest']),
    ),
  )
  assert.deepEqual(await metadata.listRepositories({ last: '', limit: 10 }), ['r0', 'r1', 'r2'])
})

test('two stores on one file see each other', async () => {
  const path = join(directory, 'shared.db')
  await using first = openSqliteMetadata(path)
  await using second = openSqliteMetadata(path)
  await first.addBlob('a', digestOf('1'), 1)
  await second.addBlob('a', digestOf('2'), 1)
  assert.equal(await first.hasBlob('a', digestOf('2')), true)
  assert.equal(await second.hasBlob('a', digestOf('1')), true)
  assert.equal(await second.hasBlob('b', digestOf('1')), false)
})
