import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openDatabase } from '@berth/stdx'
import { digestHex, digestOf } from '@berth/oci'
import type { ContentStore } from './content-store.ts'
import { writeSteps, type ContentFailpoint } from './failpoint.ts'
import { openContentStore } from './open-content-store.ts'
import { content, digestsIn } from './testsuite/content.ts'
import { testContentStore } from './testsuite/index.ts'

const root = mkdtempSync(join(tmpdir(), 'berth-content-'))
after(() => rmSync(root, { recursive: true }))

const newDirectory = (): string => mkdtempSync(join(root, 'store-'))

function openIn(directory: string, failpoint: ContentFailpoint = () => undefined): Promise<ContentStore> {
  return openContentStore({ directory, database: openDatabase(`${directory}.sqlite`), failpoint })
}

testContentStore('in a directory', () => openIn(newDirectory()))

test('openContentStore() lays blobs and ingests out by digest', async () => {
  const directory = newDirectory()
  await using store = await openIn(directory)
  const { bytes, descriptor } = content('hello')
  await store.writeBlob(bytes, descriptor)
  const path = join(directory, 'blobs', 'sha256', digestHex(descriptor.digest))
  assert.equal(store.blobPath(descriptor.digest), path)
  assert.deepEqual(readFileSync(path), bytes)
  await using ingest = await store.openIngest('some/ref')
  await ingest.write(bytes)
  const ingestPath = join(directory, 'ingests', digestHex(digestOf('some/ref')))
  assert.equal(ingest.path, join(ingestPath, 'data'))
  assert.deepEqual(readdirSync(join(directory, 'ingests')), [digestHex(digestOf('some/ref'))])
  assert.equal(readFileSync(join(ingestPath, 'ref'), 'utf8'), 'some/ref')
})

test('openContentStore() deletes ingests that nobody goes on with, and keeps the others', async () => {
  const directory = newDirectory()
  const { bytes } = content('hello')
  {
    await using store = await openIn(directory)
    await using ingest = await store.openIngest('kept')
    await ingest.write(bytes)
  }
  // What a kill leaves of a transient one, and between the rename of the bytes and the end of an ingest.
  for (const [name, file] of [
    ['transient', 'data'],
    ['published', 'ref'],
  ] as const) {
    mkdirSync(join(directory, 'ingests', name))
    writeFileSync(join(directory, 'ingests', name, file), 'x')
  }
  await using store = await openIn(directory)
  assert.deepEqual(readdirSync(join(directory, 'ingests')), [digestHex(digestOf('kept'))])
  await using ingest = await store.openIngest('kept')
  assert.equal(ingest.offset, bytes.length)
})

for (const step of writeSteps) {
  test(`a process killed after ${step} leaves nothing or a whole blob, and its work can be gone on with`, async () => {
    const directory = newDirectory()
    const text = 'x'.repeat(100_000)
    const fixture = join(import.meta.dirname, 'testsuite', 'crashing-writer.ts')
    const child = spawnSync(process.execPath, [fixture, directory, step, text], { encoding: 'utf8' })
    assert.equal(child.signal, 'SIGKILL', child.stderr)

    const { bytes, descriptor } = content(text)
    await using store = await openIn(directory)
    const found = await store.findBlob(descriptor.digest)
    if (found) assert.deepEqual(await store.readWhole(descriptor.digest), bytes)
    {
      await using ingest = await store.openIngest('crash')
      await ingest.write(bytes.subarray(ingest.offset))
      await ingest.commit(descriptor)
    }
    assert.deepEqual(await digestsIn(store), [descriptor.digest])
    assert.deepEqual(readdirSync(join(directory, 'ingests')), [])
  })

  test(`an error after ${step} reaches the caller and does not keep the ref from a next writer`, async () => {
    let armed = true
    await using store = await openIn(newDirectory(), (reached) => {
      if (armed && reached === step) throw new Error(`failed after ${step}`)
    })
    const { bytes, descriptor } = content('hello')
    const write = async () => {
      await using ingest = await store.openIngest('ref')
      await ingest.write(bytes.subarray(ingest.offset))
      await ingest.commit(descriptor)
    }
    await assert.rejects(write, { message: `failed after ${step}` })
    armed = false
    await write()
    assert.deepEqual(await digestsIn(store), [descriptor.digest])
  })
}

test('a full disk is said so, gives back the space of the ingest, and later writes succeed', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('needs root to mount a small file system')
  const directory = newDirectory()
  const database = openDatabase(`${directory}.sqlite`)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'berth-test', directory])
  try {
    await using store = await openContentStore({ directory, database })
    const { bytes, descriptor } = content(Buffer.alloc(1024 * 1024, 'x'))
    await using ingest = await store.openIngest('ref')
    await ingest.write(bytes)
    await assert.rejects(ingest.write(Buffer.alloc(1024 * 1024)), {
      code: 'no-space',
      message: 'Cannot write to the content store: no space left on device',
    })
    assert.equal(ingest.offset, 0)
    await store.writeBlob(bytes, descriptor)
    assert.deepEqual(await store.readWhole(descriptor.digest), bytes)
  } finally {
    execFileSync('umount', [directory])
    database.close()
  }
})

test('a resumed ingest with damaged bytes is refused and starts anew', async () => {
  const directory = newDirectory()
  await using store = await openIn(directory)
  const { bytes, descriptor } = content('hello')
  {
    await using torn = await store.openIngest('ref')
    await torn.write(Buffer.alloc(3))
  }
  await using ingest = await store.openIngest('ref')
  await ingest.write(bytes.subarray(ingest.offset))
  await assert.rejects(ingest.commit(descriptor), { code: 'data-loss' })
  await ingest.write(bytes)
  await ingest.commit(descriptor)
})
