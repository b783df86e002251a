import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { kill, launcher, startProgram } from './hub-program.ts'
import { ImageHistory } from './image-history.ts'
import { serveRegistry } from './served-registry.ts'

const run = promisify(execFile)

test('collecting every 100 ms during pushes and deletions loses nothing and frees what is deleted', async () => {
  // Time runs a thousand times faster: what is guarded for an hour is free after four seconds.
  const startedAt = Date.now()
  const now = () => startedAt + (Date.now() - startedAt) * 1000
  await using served = await serveRegistry({ now })
  const histories = Array.from({ length: 8 }, (_, index) => new ImageHistory(served.url, `pusher/${index}`))
  const endsAt = Date.now() + 10_000
  const deleted: number[] = []
  const collecting = (async () => {
    while (Date.now() < endsAt) {
      deleted.push((await served.registry.collectGarbage()).deletedBlobs)
      await sleep(100)
    }
  })()
  const pushing = histories.map(async (history) => {
    while (Date.now() < endsAt) {
      await history.push(1000)
      await history.push()
      assert.equal(await history.assertPresent(), 2)
      await Promise.all([history.deleteOldest(), history.deleteOldest()])
    }
    await history.push()
  })
  await Promise.all([collecting, ...pushing])
  for (const history of histories) assert.equal(await history.assertPresent(), 1)
  assert.ok(deleted.length > 20)
  assert.ok(Math.max(...deleted) > 0)
})

test('berth-hub gc killed at any moment of its sweep leaves every image whole, and the next one ends it', async () => {
  await using stack = new AsyncDisposableStack()
  const data = await temporaryDirectory(stack)
  const { url } = await startProgram(stack, data)
  const history = new ImageHistory(url, 'killed/sweep')
  for (let index = 0; index < 120; index++) await history.push()
  for (let index = 0; index < 100; index++) await history.deleteOldest()
  for (let round = 0; round < 4; round++) {
    const child = spawn(launcher, ['gc', '--data', data, '--grace', '0s'], { stdio: 'ignore' })
    await Promise.race([once(child, 'exit'), sleep(250 + round * 40)])
    await kill(child)
    assert.equal(await history.assertPresent(), 20)
  }
  await run(launcher, ['gc', '--data', data, '--grace', '0s'])
  assert.equal(await history.assertPresent(), 20)
  const { stdout } = await run(launcher, ['gc', '--data', data, '--grace', '0s', '--dry-run'])
  assert.equal(stdout, 'would free 0 bytes in 0 blobs, ended 0 uploads\n')
  await history.push()
  assert.equal(await history.assertPresent(), 21)
})
