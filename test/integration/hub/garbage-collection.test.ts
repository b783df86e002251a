import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { kill, launcher, startProgram } from './hub-program.ts'
import { ImageHistory } from './image-history.ts'
import { soakCollection } from './soak-collection.ts'

const run = promisify(execFile)

test('collecting every 100 ms during pushes and deletions loses nothing and frees what is deleted', async () => {
  await soakCollection({ durationMs: 10_000, collectEveryMs: 100 })
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
