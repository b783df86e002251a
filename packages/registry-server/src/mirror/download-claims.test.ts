import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf } from '@berth/oci'
import { openFilesystemStorage } from '../storage/filesystem-storage.ts'
import { DownloadClaims } from './download-claims.ts'

test('claim() of many at the same moment is given to one, and refuses nobody otherwise', async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'berth-claims-'))
  context.after(() => rm(directory, { recursive: true }))
  const storage = await openFilesystemStorage(directory)
  for (let round = 0; round < 20; round++) {
    const digest = digestOf(`blob ${round}`)
    const claims = Array.from({ length: 10 }, () => new DownloadClaims(storage).claim('a/b', digest))
    const given = (await Promise.all(claims)).filter((claim) => claim !== undefined)
    assert.equal(given.length, 1)
    await given[0]?.[Symbol.asyncDispose]()
  }
})
