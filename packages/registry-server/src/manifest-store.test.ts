import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { digestOf, mediaTypes } from '@berth/oci'
import { openSqliteDatabase } from '@berth/sql'
import { BlobStore } from './blob-store.ts'
import { ManifestStore, type NewManifest } from './manifest-store.ts'
import { openMetadata } from './metadata-database.ts'
import { RepositoryStore } from './repository-store.ts'

const directory = mkdtempSync(join(tmpdir(), 'berth-metadata-'))
after(() => rmSync(directory, { recursive: true }))
let files = 0
const open = async (path = join(directory, `${files++}.db`)) => {
  const file = openSqliteDatabase(path)
  const database = await openMetadata(file)
  return {
    repositories: new RepositoryStore(database),
    blobs: new BlobStore(database),
    manifests: new ManifestStore(database),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  }
}

const manifest = (text: string, extra: Partial<NewManifest> = {}): NewManifest => ({
  digest: digestOf(text),
  mediaType: mediaTypes.ociManifest,
  sizeBytes: text.length,
  subject: undefined,
  artifactType: undefined,
  annotations: undefined,
  references: { kind: 'blobs', all: [], required: [] },
  ...extra,
})

test('addManifest() points its tags at it, all or none', async () => {
  await using metadata = await open()
  await metadata.manifests.addManifest('a', manifest('one'), ['x', 'y'])
  await metadata.manifests.addManifest('a', manifest('two'), ['y'])
  assert.equal((await metadata.manifests.findTag('a', 'x'))?.digest, digestOf('one'))
  assert.equal((await metadata.manifests.findTag('a', 'y'))?.digest, digestOf('two'))
  const broken = [...Array.from({ length: 3 }, (_, index) => `t${index}`), null as unknown as string]
  await assert.rejects(metadata.manifests.addManifest('b', manifest('three'), broken))
  assert.equal(await metadata.repositories.hasRepository('b'), false)
  assert.equal(await metadata.manifests.findManifest('b', digestOf('three')), undefined)
})

test('deleteManifest() takes its tags and leaves those of others', async () => {
  await using metadata = await open()
  await metadata.manifests.addManifest('a', manifest('one'), ['x', 'y'])
  await metadata.manifests.addManifest('a', manifest('two'), ['z'])
  assert.equal(await metadata.manifests.deleteManifest('a', digestOf('one')), true)
  assert.equal(await metadata.manifests.deleteManifest('a', digestOf('one')), false)
  assert.deepEqual(await metadata.manifests.listTags('a', { last: '', limit: 10 }), ['z'])
})

test('writes at the same time wait for each other', async () => {
  await using metadata = await open()
  await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      metadata.manifests.addManifest(`r${index % 3}`, manifest(`m${index}`), ['latest']),
    ),
  )
  assert.deepEqual(await metadata.repositories.listRepositories({ last: '', limit: 10 }), ['r0', 'r1', 'r2'])
})

test('two stores on one file see each other', async () => {
  const path = join(directory, 'shared.db')
  await using first = await open(path)
  await using second = await open(path)
  await first.blobs.addBlob('a', digestOf('1'), 1)
  await second.blobs.addBlob('a', digestOf('2'), 1)
  assert.equal((await first.blobs.findBlob('a', digestOf('2')))?.sizeBytes, 1)
  assert.equal((await second.blobs.findBlob('a', digestOf('1')))?.sizeBytes, 1)
  assert.equal((await second.blobs.findBlob('b', digestOf('1')))?.sizeBytes, undefined)
})
