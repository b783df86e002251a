import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { engineSuite } from '../fixtures/engine-suite.ts'
import { answers, cutAfter, silent, slow, stalledAfter } from '../fixtures/faults.ts'
import { buildImage } from '../fixtures/images.ts'
import { storedContent } from '../fixtures/stored-content.ts'

const layerBytes = 512 * 1024
const timeoutMs = 150_000

const suite = engineSuite({ bridge: 'none', isPulled: false })

async function pushNew(tag: string) {
  const image = await buildImage({ layers: [{ '/noise': randomBytes(layerBytes) }], compression: 'none' })
  await suite.hub.push(image, `team/app:${tag}`)
  return image.layers[0]?.descriptor ?? assert.fail()
}

const pull = (tag: string) => suite.run(['pull', `${suite.hub.address}/team/app:${tag}`], { timeoutMs })

// Together, since each waits for the client's limits: 30 s for a header and for a body that stands still.
describe('a registry that cannot be relied on', { concurrency: true }, () => {
  for (const [name, fault, from] of [
    ['a header that never comes', silent(), 0],
    ['a body that stands still', stalledAfter(layerBytes / 2), layerBytes / 2],
  ] as const) {
    test(`pull() asks again after ${name}`, async () => {
      const tag = `once${from}`
      const { digest } = await pushNew(tag)
      using _ = suite.hub.inject({ path: digest, times: 1, fault })
      const { exitCode, stdout, stderr } = await pull(tag)
      assert.equal(exitCode, 0, stderr)
      assert.match(stdout, /: Retrying in \d+ seconds?\n/)
      const ranges = suite.hub.requests
        .filter(({ path }) => path.endsWith(digest))
        .map(({ headers }) => headers['range'])
      assert.deepEqual(ranges, [undefined, from === 0 ? undefined : `bytes=${from}-`])
    })
  }

  test('pull() leaves a registry that sends a byte now and then, and goes on with the rest', async () => {
    const { digest } = await pushNew('dribble')
    using _ = suite.hub.inject({ path: digest, times: 1, fault: slow({ chunkBytes: 1, delayMs: 1_000 }) })
    const { exitCode, stdout, stderr } = await pull('dribble')
    assert.equal(exitCode, 0, stderr)
    assert.match(stdout, /: Retrying in \d+ seconds?\n/)
    const ranges = suite.hub.requests
      .filter(({ path }) => path.endsWith(digest))
      .map(({ headers }) => headers['range'])
    assert.equal(ranges.length, 2)
    assert.match(String(ranges[1]), /^bytes=\d{1,2}-$/)
  })

  test('pull() gives up a registry that goes on answering 500 and keeps nothing but what a resume needs', async () => {
    const { digest } = await pushNew('broken')
    {
      using _ = suite.hub.inject({ path: digest, fault: answers(500) })
      const { exitCode, stderr } = await pull('broken')
      assert.equal(exitCode, 1)
      assert.match(stderr, /received unexpected HTTP status: 500 Internal Server Error/)
    }
    assert.equal(suite.hub.requests.filter(({ path }) => path.endsWith(digest)).length, 5)
    assert.equal((await suite.engine.api('GET', '/_ping')).status, 200)
    assert.deepEqual((await storedContent(suite.engine)).staged, [])
    assert.equal((await pull('broken')).exitCode, 0)
  })

  test('pull() gives up a line that is always cut at the same place', async () => {
    const { digest } = await pushNew('cut')
    {
      using _ = suite.hub.inject({ path: digest, fault: cutAfter(1000) })
      const { exitCode, stderr } = await pull('cut')
      assert.equal(exitCode, 1)
      assert.match(stderr, /unexpected EOF/)
    }
    assert.equal((await pull('cut')).exitCode, 0)
  })
})
