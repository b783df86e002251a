import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseStoreSettings } from './store-settings.ts'

const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'planted-secret' }
const database = 'postgres://hub@db.test/hub'

test('parseStoreSettings() reads a bucket, with keys from the environment', () => {
  const storage = 's3://images/team/hub?endpoint=http://127.0.0.1:7480&region=eu&redirect=true'
  assert.deepEqual(parseStoreSettings({ database, storage }, keys), {
    database,
    bucket: {
      bucket: 'images',
      prefix: 'team/hub/',
      endpoint: new URL('http://127.0.0.1:7480'),
      region: 'eu',
      isRedirecting: true,
      credentials: { accessKeyId: 'key', secretAccessKey: 'planted-secret', sessionToken: undefined },
    },
  })
  const { bucket } = parseStoreSettings({ database, storage: 's3://images' }, { ...keys, AWS_REGION: 'us' })
  assert.deepEqual(
    [bucket?.prefix, bucket?.endpoint, bucket?.region, bucket?.isRedirecting],
    ['', undefined, 'us', false],
  )
})

test('parseStoreSettings() takes a database with its password from the environment alone', () => {
  const url = 'postgres://hub:planted-secret@db.test/hub'
  assert.equal(parseStoreSettings({}, { BERTH_HUB_DATABASE: url }).database, url)
  for (const given of [url, 'postgres:///hub?host=/run&password=planted-secret'])
    assert.throws(
      () => parseStoreSettings({ database: given }, {}),
      (error: Error) => /password/.test(error.message) && !error.message.includes('planted-secret'),
    )
})

test('parseStoreSettings() refuses what it does not know, and never shows a key', () => {
  const refused = [
    { database: 'mysql://hub@db.test/hub' },
    { storage: 's3://images' },
    ...[
      'http://images',
      's3://',
      's3://B',
      's3://key:planted-secret@images',
      's3://images?colour=red',
      's3://images?redirect=1',
      's3://images?endpoint=ftp://x',
      's3://images/a b',
    ].map((storage) => ({ database, storage })),
  ]
  for (const flags of refused)
    assert.throws(
      () => parseStoreSettings(flags, keys),
      (error: Error & { code?: string }) =>
        error.code === 'invalid-argument' && !error.message.includes('planted-secret'),
      JSON.stringify(flags),
    )
  assert.throws(() => parseStoreSettings({ database, storage: 's3://images' }, {}), /keys of the store/)
})
