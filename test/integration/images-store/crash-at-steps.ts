import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '@berth/stdx'
import { atRest } from '../../fixtures/at-rest.ts'
import { findProblems } from '../../fixtures/check-engine.ts'
import type { TestEngine } from '../../fixtures/engine.ts'
import { storedContent } from '../../fixtures/stored-content.ts'
import { listStored, type CrashPlace, type CrashScenario } from './crash-scenarios.ts'

/** One pass of one step, counted from 1. */
export interface Pass {
  step: string
  pass: number
}

/** Some steps are passed in the background, after the answer. */
const patienceMs = 3000

/** Runs a scenario on an engine that nothing happens to, and tells every step that it passes, in order. */
export async function listPasses(
  place: CrashPlace,
  scenario: CrashScenario,
  steps: readonly string[],
): Promise<Pass[]> {
  const { engine } = place
  await scenario.prepare?.()
  await engine.kill()
  const before = (await engine.log()).length
  await engine.start({ BERTH_FAILPOINTS: steps.map((step) => `${step}=off`).join(';') })
  const { exitCode, stderr } = await scenario.act()
  assert.equal(exitCode, 0, stderr)
  const log = (await atRest(() => engine.log())).slice(before)
  const passes = [...log.matchAll(/msg="Failpoint" step=(\S+) pass=(\d+)/g)]
  await checkOutcome(engine, scenario)
  await clear(place, scenario)
  return passes.map(([, step = '', pass]) => ({ step, pass: Number(pass) }))
}

/**
 * Kills the engine at one pass of one step, starts it again, and looks: the image is whole or not there, nothing that was
 * there before is broken, and nothing is left that nobody holds. False when the engine did not come by.
 */
export async function crashAt(
  place: CrashPlace,
  scenario: CrashScenario,
  { step, pass }: Pass,
): Promise<boolean> {
  const { engine } = place
  await scenario.prepare?.()
  await engine.kill()
  const wasKilled = await actUntilKilled(place, scenario, `${step}=${pass - 1}*off->1*kill`)
  await engine.kill()
  await engine.start()
  await checkOutcome(engine, scenario)
  await goOn(place, scenario)
  await clear(place, scenario)
  return wasKilled
}

async function actUntilKilled(
  { engine }: CrashPlace,
  scenario: CrashScenario,
  failpoints: string,
): Promise<boolean> {
  try {
    await engine.start({ BERTH_FAILPOINTS: failpoints })
  } catch (error) {
    // What an earlier engine threw away is deleted from the start on.
    if (/ended with SIGKILL/.test(String(error))) return true
    throw error
  }
  await scenario.act()
  return Promise.race([engine.ended().then(() => true), sleep(patienceMs, false)])
}

/** Nothing is broken, and the image is whole if there is one; says whether there is. */
export async function checkOutcome(engine: TestEngine, { image, sum }: CrashScenario): Promise<boolean> {
  assert.deepEqual(await findProblems(engine), [])
  assert.deepEqual((await storedContent(engine)).staged, [])
  if (!(await isThere(engine, image))) return false
  const hash = ['sh', '-c', 'sha256sum < /large']
  const { stdout, stderr } = await engine.docker(['run', '--rm', '--network', 'none', image, ...hash])
  assert.equal(stdout, `${sum}  -\n`, stderr)
  return true
}

/** What an interrupted pull has written is not fetched once more. */
async function goOn(place: CrashPlace, scenario: CrashScenario): Promise<void> {
  if (scenario.name !== 'pull') return
  const { engine, hub, image } = place
  const { blobs, ingests } = await storedContent(engine)
  const seen = hub.requests.length
  const { exitCode, stderr } = await scenario.act()
  assert.equal(exitCode, 0, stderr)
  const asked = hub.requests.slice(seen)
  for (const { descriptor } of image.layers) {
    const requests = asked.filter(({ method, path }) => method === 'GET' && path.includes(descriptor.digest))
    const written = blobs.includes(descriptor.digest.slice('sha256:'.length))
      ? descriptor.size
      : (ingests[`layer ${descriptor.digest}`] ?? 0)
    const from = requests.map(({ headers }) => headers['range'] ?? 'bytes=0-')
    assert.deepEqual(from, written === descriptor.size ? [] : [`bytes=${written}-`])
  }
  await checkOutcome(engine, scenario)
}

/** Takes away what the scenario brought; then the data root holds what it held before. */
async function clear(place: CrashPlace, { name, image }: CrashScenario): Promise<void> {
  const { engine, baseline } = place
  if (await isThere(engine, image)) assert.equal((await engine.docker(['rmi', image])).exitCode, 0)
  if (name === 'pull') await expireLeases(place)
  await engine.docker(['image', 'prune', '-f'])
  const stored = new Set(await listStored(engine.dataRoot))
  assert.deepEqual([...stored.symmetricDifference(new Set(baseline))], [])
}

/** An interrupted pull leaves what it brought to the next one for a day. The day has passed. */
async function expireLeases({ engine }: CrashPlace): Promise<void> {
  await engine.kill()
  using database = openDatabase(join(engine.dataRoot, 'berth.db'))
  database.exec('UPDATE lease SET expires_at = 0')
  database.close()
  await engine.start()
}

async function isThere(engine: TestEngine, image: string): Promise<boolean> {
  return (await engine.docker(['image', 'inspect', image])).exitCode === 0
}
