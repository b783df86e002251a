import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOf } from '@berth/oci'
import { Policies, type RetentionRule } from '../policies.ts'
import { RetentionStore } from '../metadata/retention-store.ts'
import { expiredTags, Retention } from './retention.ts'
import { plainManifest } from '../testsuite/plain-manifest.ts'
import { openTemporaryRegistry } from '../testsuite/temporary-registry.ts'

const dayMs = 24 * 60 * 60 * 1000

test('expiredTags() keeps the named, the newest and the young', () => {
  const tags = ['latest', 'a', 'b', 'c', 'd'].map((name, index) => ({ name, updatedAt: index * dayMs }))
  const now = 5 * dayMs
  const expired = (rule: RetentionRule) => expiredTags(tags, rule, now).map(({ name }) => name)
  assert.deepEqual(expired({ keepTags: ['lat*'], keepNewest: 2 }), ['b', 'a'])
  assert.deepEqual(expired({ keepDays: 3 }), ['a', 'latest'])
  assert.deepEqual(expired({ keepNewest: 4, keepDays: 3 }), ['latest'])
  assert.deepEqual(expired({ keepTags: ['x'] }), [])
})

test('expiredTags() never lets go of more than it may', () => {
  const tag = fc.record({ name: fc.stringMatching(/^[a-z]{1,4}$/), updatedAt: fc.nat(1000) })
  const tags = fc.uniqueArray(tag, { selector: ({ name }) => name })
  fc.assert(
    fc.property(tags, fc.nat(10), (tags, keepNewest) => {
      assert.equal(expiredTags(tags, { keepNewest }, 2000).length, Math.max(0, tags.length - keepNewest))
    }),
  )
})

test('apply() lets go of tags and of manifests that nothing names, and says so first when asked', async () => {
  await using registry = await openTemporaryRegistry()
  const { manifests } = registry.stores
  await manifests.addManifest('team/app', plainManifest('old'), ['old', 'v1'])
  await manifests.addManifest('team/app', plainManifest('child'), [])
  const children = [digestOf('child')]
  const references = { kind: 'manifests', all: children, required: children } as const
  await manifests.addManifest('team/app', plainManifest('index', { references }), ['latest'])
  await manifests.addManifest('team/app', plainManifest('signature', { subject: digestOf('index') }), [])
  await manifests.addManifest('team/app', plainManifest('stray'), [])
  await manifests.addManifest('else/where', plainManifest('old'), ['old'])
  registry.clock.now += 10 * dayMs
  const retention = { keepTags: ['latest'], keepDays: 7, keepUntaggedDays: 7 }
  const policies = new Policies([{ repositories: 'team/*', immutableTags: ['v*'], retention }])
  const rule = new Retention({ stores: registry.stores, policies, now: registry.now })
  const wanted = { tags: ['team/app:old'], manifests: [`team/app@${digestOf('stray')}`] }
  assert.deepEqual(await rule.apply({ dryRun: true }), wanted)
  assert.deepEqual(await rule.apply(), wanted)
  assert.deepEqual(await rule.apply(), { tags: [], manifests: [] })
  assert.deepEqual((await manifests.listTags('team/app', { last: '', limit: 9 })).names, ['latest', 'v1'])
  for (const text of ['old', 'child', 'index', 'signature'])
    assert.ok(await manifests.findManifest('team/app', digestOf(text)), text)
})

test('apply() leaves what was pushed again since it was listed', async () => {
  await using registry = await openTemporaryRegistry()
  const { manifests, repositories } = registry.stores
  for (const text of ['old', 'stray', 'tagged', 'child'])
    await manifests.addManifest('team/app', plainManifest(text), text === 'old' ? ['v1', 'v2'] : [])
  registry.clock.now += 10 * dayMs
  /** Pushes behind each list. */
  class Overtaken extends RetentionStore {
    override async listTagTimes(repository: string) {
      const listed = await super.listTagTimes(repository)
      await manifests.addManifest(repository, plainManifest('new'), ['v1'])
      return listed
    }
    override async listUntagged(repository: string, before: number) {
      const listed = await super.listUntagged(repository, before)
      const children = [digestOf('child')]
      const references = { kind: 'manifests', all: children, required: children } as const
      await manifests.addManifest(repository, plainManifest('index', { references }), ['latest'])
      await manifests.addManifest(repository, plainManifest('tagged'), ['v3'])
      return listed
    }
  }
  const stores = { repositories, retention: new Overtaken(registry.database) }
  const policies = new Policies([{ repositories: '*/*', retention: { keepDays: 7, keepUntaggedDays: 7 } }])
  const report = await new Retention({ stores, policies, now: registry.now }).apply()
  assert.deepEqual(report, {
    tags: ['team/app:v2'],
    manifests: [digestOf('old'), digestOf('stray')].sort().map((digest) => `team/app@${digest}`),
  })
  const { names } = await manifests.listTags('team/app', { last: '', limit: 9 })
  assert.deepEqual(names, ['latest', 'v1', 'v3'])
})
