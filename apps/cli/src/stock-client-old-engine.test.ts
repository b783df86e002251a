import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startFakeEngine, type FakeEngine } from './testsuite/fake-engine.ts'
import { runBerth } from './testsuite/run-berth.ts'
import { runDocker, withoutStockDocker } from './testsuite/stock-docker.ts'

/** What an engine of 20.10 does not know and would pass over: of `rmi` it would remove every platform. */
const tooNew = [
  'rmi --platform linux/arm64 alpine',
  'save --platform linux/arm64 -o /dev/null alpine',
  'load --platform linux/arm64 -i /dev/null',
  'history --platform linux/arm64 alpine',
  'image inspect --platform linux/arm64 alpine',
  'push --platform linux/arm64 alpine',
  'images --tree',
]

describe('berth refuses what the engine is too old for', { skip: withoutStockDocker, concurrency: 4 }, () => {
  let engine: FakeEngine
  before(async () => void (engine = await startFakeEngine({}, { apiVersion: '1.41' })))
  after(() => engine[Symbol.asyncDispose]())

  for (const line of tooNew) {
    test(line, async () => {
      const words = ['-H', engine.host, ...line.split(' ')]
      const [ours, theirs] = await Promise.all([runBerth(words), runDocker(words)])
      assert.match(ours.stderr, /requires API version/)
      assert.equal(ours.stderr, theirs.stderr)
      assert.deepEqual([ours.status, ours.stdout], [theirs.status, theirs.stdout])
      assert.deepEqual(engine.requests, [])
    })
  }

  test('create names every flag, and fails as create does', async () => {
    const words = ['-H', engine.host, 'create', '--health-start-interval', '1s', '--annotation', 'a=b', 'x']
    const [ours, theirs] = await Promise.all([runBerth(words), runDocker(words)])
    assert.equal(theirs.stderr.trimEnd().split('\n').length, 2)
    assert.ok(ours.stderr.startsWith(`berth: ${theirs.stderr}`))
    assert.equal(ours.status, 125)
  })
})
