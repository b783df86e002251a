import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSqliteDatabase } from '@berth/sql'
import { silentLogger } from '@berth/stdx'
import { eventually } from '@berth/stdx/testsuite'
import { startMaintenance } from './maintenance.ts'
import { TurnStore } from './turn-store.ts'

test('take() gives a turn to one at a time, and to the next when its time is over', async () => {
  await using database = openSqliteDatabase(':memory:')
  const clock = { now: 0 }
  const turns = await TurnStore.open(database, () => clock.now)
  const take = (holder: string) => turns.take('work', holder, 100)
  assert.equal(await take('one'), true)
  assert.equal(await take('other'), false)
  assert.equal(await turns.take('more work', 'other', 100), true)
  clock.now = 60
  assert.equal(await take('one'), true, 'goes on')
  clock.now = 150
  assert.equal(await take('other'), false)
  clock.now = 160
  assert.equal(await take('other'), true)
  assert.equal(await take('one'), false)
})

test('of several hubs one maintains at a time, also when it takes longer than its turn', async () => {
  await using database = openSqliteDatabase(':memory:')
  const turns = await TurnStore.open(database)
  const running = new Set<number>()
  let turnsTaken = 0
  let together = 0
  const registryOf = (hub: number) => ({
    async applyRetention() {
      running.add(hub)
      return { tags: [], manifests: [] }
    },
    async collectGarbage() {
      await sleep(400)
      return { deletedBlobs: 0, freedBytes: 0, purgedUploads: 0 }
    },
    async scrub() {
      together = Math.max(together, running.size)
      turnsTaken++
      running.delete(hub)
      return { checkedBlobs: 0, checkedBytes: 0, lost: [] }
    },
  })
  {
    await using stack = new AsyncDisposableStack()
    for (const hub of [1, 2, 3]) {
      const options = { registry: registryOf(hub), turns, logger: silentLogger, intervalMs: 50, turnMs: 200 }
      stack.use(startMaintenance(options))
    }
    await eventually(() => assert.ok(turnsTaken >= 2), 30_000)
  }
  assert.equal(together, 1)
})
