import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSqlDatabase } from '@berth/sql'
import { findContractions } from '@berth/sql/testsuite'
import { turnMigrations, TurnStore } from './turn-store.ts'

test('steps of the schema of turns only add: programs of before go on working', () => {
  assert.equal(turnMigrations.length, 1)
  assert.deepEqual(findContractions(turnMigrations), [])
})

test('take() gives a turn to one holder until its time is over', async () => {
  await using database = await openSqlDatabase(':memory:')
  const clock = { now: 1000 }
  const turns = await TurnStore.open(database, () => clock.now)
  assert.equal(await turns.take('sweep', 'one', 500), true)
  assert.equal(await turns.take('sweep', 'two', 500), false)
  assert.equal(await turns.take('scrub', 'two', 500), true)
  clock.now += 400
  assert.equal(await turns.take('sweep', 'one', 500), true, 'it goes on')
  clock.now += 499
  assert.equal(await turns.take('sweep', 'two', 500), false)
  clock.now += 1
  assert.equal(await turns.take('sweep', 'two', 500), true)
})
