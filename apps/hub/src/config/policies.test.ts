import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readPolicies } from './policies.ts'

test('readPolicies() reads quotas and immutable tags, and refuses what it does not know', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'berth-policies-'))
  try {
    const path = join(directory, 'policies.json')
    await writeFile(path, '[{"repositories":"team/*","quota":"2K","immutableTags":["v*"]}]')
    const [policy] = await readPolicies(path)
    assert.deepEqual(policy, { repositories: 'team/*', immutableTags: ['v*'], quotaBytes: 2048 })
    for (const text of [
      '{}',
      '[{"repositories":1}]',
      '[{"repositories":"a","qouta":1}]',
      '[{"repositories":"a","quota":"much"}]',
      'no',
    ]) {
      await writeFile(path, text)
      await assert.rejects(readPolicies(path), { code: 'invalid-argument' }, text)
    }
  } finally {
    await rm(directory, { recursive: true })
  }
})
