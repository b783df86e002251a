import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { suiteStack } from '@berth/stdx/testsuite'
import { mountDisk, type Disk } from '../fixtures/disk.ts'
import { startEngine } from '../fixtures/engine.ts'
import { checkOutcome } from '../integration/images-store/crash-at-steps.ts'
import {
  openCrashPlace,
  type CrashPlace,
  type CrashScenario,
} from '../integration/images-store/crash-scenarios.ts'
import { createNumbers } from '../../bench/sample-bytes.ts'

/** `BERTH_SEED=N` cuts at the moments of an earlier run, as far as time repeats itself. */
const seed = Number(process.env['BERTH_SEED'] ?? randomInt(2 ** 31))
const random = createNumbers(seed)
const cutsPerOperation = 12
/** What the kernel has begun to write when the engine stands still is written by then. */
const settleMs = 20
const dataRootOn = (disk: Disk) => join(disk.directory, 'data')

let disk: Disk
let place: CrashPlace

const stack = suiteStack()
before(async () => {
  // Nothing goes to the disk by itself: what nobody synced is lost.
  disk = stack.use(await mountDisk({ parent: '/dev/shm', sizeMebibytes: 256, mountOptions: ['commit=600'] }))
  place = stack.use(await openCrashPlace({ dataRoot: dataRootOn(disk) }))
})

/** Stops the engine for a moment, at some moment of the operation, and takes what is on the disk then. */
async function cutDuring(scenario: CrashScenario, operationMs: number): Promise<Disk> {
  const { engine } = place
  const running = scenario.act()
  await sleep(random() * operationMs)
  process.kill(engine.pid, 'SIGSTOP')
  try {
    await sleep(settleMs)
    return await disk.cut()
  } finally {
    process.kill(engine.pid, 'SIGCONT')
    assert.equal((await running).exitCode, 0)
  }
}

/** What an engine that starts on such a disk finds is whole. */
async function checkDisk(cut: Disk, scenario: CrashScenario): Promise<boolean> {
  const flags = ['--registry-mirror', place.hub.url]
  await using engine = await startEngine({ bridge: 'none', dataRoot: dataRootOn(cut), flags })
  const kept = await engine.docker(['run', '--rm', '--network', 'none', 'kept:1', 'cat', '/large'])
  assert.equal(kept.stdout, 'kept', kept.stderr)
  return await checkOutcome(engine, scenario)
}

for (const name of ['load', 'pull', 'commit', 'import', 'rmi'] as const) {
  test(`a power cut in ${name}() leaves all or nothing of the image, and all of the others`, async (context) => {
    const scenario = place.scenarios.find((one) => one.name === name) ?? assert.fail()
    let [whole, operationMs] = [0, 300]
    for (let round = 0; round < cutsPerOperation; round++) {
      await scenario.prepare?.()
      const startedAt = performance.now()
      await using cut = await cutDuring(scenario, operationMs)
      operationMs = (operationMs + performance.now() - startedAt) / 2
      try {
        if (await checkDisk(cut, scenario)) whole++
      } catch (error) {
        throw new Error(`seed ${seed}, round ${round}`, { cause: error })
      }
      if (name !== 'rmi') await place.engine.docker(['rmi', scenario.image])
    }
    context.diagnostic(`seed ${seed}: whole after ${whole} of ${cutsPerOperation} cuts`)
  })
}
