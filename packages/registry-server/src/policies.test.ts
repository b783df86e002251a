import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Policies } from './policies.ts'

test('policies: the first that has an answer for a repository counts', () => {
  const policies = new Policies([
    { repositories: 'team/special', quotaBytes: 10 },
    { repositories: 'team/*', quotaBytes: 5, immutableTags: ['v*', 'latest'] },
    { repositories: '**', immutableTags: [] },
  ])
  assert.equal(policies.quotaBytes('team/special'), 10)
  assert.equal(policies.quotaBytes('team/other'), 5)
  assert.equal(policies.quotaBytes('else/where'), Infinity)
  assert.equal(policies.isImmutable('team/special', 'v1.2'), true)
  assert.equal(policies.isImmutable('team/special', 'edge'), false)
  assert.equal(policies.isImmutable('else/where/deep', 'v1'), false)
})
