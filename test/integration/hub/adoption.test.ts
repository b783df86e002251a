import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf, mediaTypes } from '@berth/oci'
import { openSqliteDatabase } from '@berth/sql'
import { eventually, temporaryDirectory } from '@berth/stdx/testsuite'
import { passwordOf, startAccountsHub, type AccountsHub } from '../../fixtures/accounts-hub.ts'

const config = '{}'
const manifest = {
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(config), size: 2 },
  layers: [],
}

async function pushAsAnybody(hub: AccountsHub, repository: string): Promise<void> {
  const base = `/v2/${repository}`
  await hub.must('POST', `${base}/blobs/uploads/?digest=${digestOf(config)}`, {
    headers: { 'Content-Type': 'application/octet-stream' },
    body: {},
  })
  const headers = { 'Content-Type': mediaTypes.ociManifest }
  await hub.must('PUT', `${base}/manifests/v1`, { headers, body: manifest })
}

/** As if the tags were pushed an hour ago. */
async function ageTags(directory: string): Promise<void> {
  await using database = openSqliteDatabase(join(directory, 'registry/registry.db'))
  const { db } = database.tables<{ tags: { updated_at: number } }>()
  await db
    .updateTable('tags')
    .set({ updated_at: Date.now() - 60 * 60 * 1000 })
    .execute()
}

test('what a registry held before there were accounts is its owners’ once they have one', async () => {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  {
    await using hub = await startAccountsHub({ directory, flags: ['--access', 'open'] })
    for (const repository of ['ann/app', 'nobody/app']) await pushAsAnybody(hub, repository)
  }
  await ageTags(directory)
  {
    await using hub = await startAccountsHub({ directory })
    await hub.signUp('ann')
  }
  await using hub = await startAccountsHub({ directory })
  const pull = async (name: string | undefined, repository: string) => {
    const login = name === undefined ? undefined : { name, secret: passwordOf(name) }
    const token = await hub.registryToken(login, `repository:${repository}:pull`)
    const headers = { Authorization: `Bearer ${token}` }
    return (await hub.call('GET', `/v2/${repository}/manifests/v1`, { headers })).status
  }
  const session = await hub.signIn('ann')
  await eventually(async () => {
    const repository = await hub.must('GET', '/v2/repositories/ann/app', { session })
    assert.equal(repository['is_private'], true)
  })
  assert.deepEqual([await pull('ann', 'ann/app'), await pull(undefined, 'ann/app')], [200, 401])
  await hub.must('POST', '/v2/repositories/ann/app/privacy', { session, body: { is_private: false } })
  assert.equal(await pull(undefined, 'ann/app'), 200)
  await hub.createAdministrator('chief')
  assert.deepEqual([await pull('chief', 'nobody/app'), await pull('ann', 'nobody/app')], [200, 401])
})
