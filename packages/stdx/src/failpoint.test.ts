import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { armFailpoints } from './failpoint.ts'

const steps = ['a.written', 'a.synced']

test('armFailpoints() lets the terms of a step follow each other, and then nothing happens', async () => {
  const failpoint = armFailpoints('a.written=2*off->1*error(ENOSPC)->1*error; a.synced=off', { steps })
  await failpoint('a.written')
  await failpoint('a.written')
  assert.throws(() => failpoint('a.written'), { code: 'ENOSPC' })
  assert.throws(() => failpoint('a.written'), { code: 'EIO', message: 'EIO: failpoint a.written' })
  await failpoint('a.written')
  await failpoint('a.synced')
})

test('armFailpoints() lets a term without a number act on all passes that follow', () => {
  const failpoint = armFailpoints('a.written=1*off->error', { steps })
  assert.doesNotThrow(() => failpoint('a.written'))
  for (let pass = 0; pass < 3; pass++) assert.throws(() => failpoint('a.written'), { code: 'EIO' })
})

test('armFailpoints() tells of each pass of a step that has terms', async () => {
  const told: unknown[] = []
  const failpoint = armFailpoints('a.written=off', { steps, onReached: (...pass) => told.push(pass) })
  for (const step of ['a.written', 'a.synced', 'a.written']) await failpoint(step)
  assert.deepEqual(told, [
    ['a.written', 1],
    ['a.written', 2],
  ])
})

test('armFailpoints() waits for as long as a delay says', async () => {
  const failpoint = armFailpoints('a.written=delay(30)', { steps })
  const startedAt = performance.now()
  await failpoint('a.written')
  assert.ok(performance.now() - startedAt >= 29)
})

for (const [term, outcome] of [
  ['kill', { signal: 'SIGKILL', status: null }],
  ['panic', { signal: null, status: 1 }],
] as const) {
  test(`armFailpoints() ends the process by ${term}`, () => {
    const program = `
      import { armFailpoints } from ${JSON.stringify(join(import.meta.dirname, 'failpoint.ts'))}
      const failpoint = armFailpoints('a.written=${term}', { steps: ['a.written'] })
      await failpoint('a.written')
      console.log('went on')`
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
    assert.deepEqual({ signal: child.signal, status: child.status }, outcome, child.stderr)
    assert.equal(child.stdout, '')
  })
}

for (const text of [
  'b.written=kill',
  'a.written',
  'a.written=stop',
  'a.written=x*kill',
  'a.written=kill->',
  '',
]) {
  test(`armFailpoints() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => armFailpoints(text, { steps }), { code: 'invalid-argument' })
  })
}
