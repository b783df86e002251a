import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { endRecorded, findRecorded, type ProcessRecord, recordProcess } from './process-record.ts'

test('endRecorded() ends the process when it is the one that was recorded', async (t) => {
  const { path, child } = await sleeper(t)
  assert.equal((await findRecorded(path))?.note, 'a note')
  const exited = once(child, 'exit')
  assert.equal(await endRecorded(path, 5000), true)
  assert.deepEqual(await exited, [null, 'SIGTERM'])
  assert.equal(existsSync(path), false)
})

test('endRecorded() leaves the process alone when its pid now belongs to another', async (t) => {
  const { path, child } = await sleeper(t)
  const record = JSON.parse(await readFile(path, 'utf8')) as ProcessRecord
  for (const other of [
    { ...record, startTime: '1' },
    { ...record, bootId: 'another boot' },
  ]) {
    await writeFile(path, JSON.stringify(other))
    assert.equal(await endRecorded(path, 5000), false)
    assert.equal(child.exitCode, null)
    assert.ok(process.kill(child.pid ?? 0, 0))
  }
})

test('endRecorded() insists when the process does not listen', async (t) => {
  const { path, child } = await sleeper(t, 'trap "" TERM; echo ready; while :; do sleep 0.1; done')
  const exited = once(child, 'exit')
  assert.equal(await endRecorded(path, 300), true)
  assert.deepEqual(await exited, [null, 'SIGKILL'])
})

async function sleeper(t: TestContext, script = 'echo ready; exec sleep 60') {
  const directory = await mkdtemp(join(tmpdir(), 'berth-setup-'))
  const path = join(directory, 'record.json')
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  t.after(async () => {
    child.kill('SIGKILL')
    await rm(directory, { recursive: true })
  })
  await once(child.stdout, 'data')
  await recordProcess(path, child.pid ?? 0, 'a note')
  return { path, child }
}
