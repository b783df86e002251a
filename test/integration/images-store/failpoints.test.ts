import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crashAt } from './crash-at-steps.ts'
import { openCrashPlace, type CrashPlace, type CrashScenario } from './crash-scenarios.ts'

/** The step between the two writes that matter most, for each; all of them are in `test/faults/failpoints.test.ts`. */
const steps: Record<CrashScenario['name'], readonly string[]> = {
  load: ['content.data-renamed', 'snapshot.layer-renamed'],
  pull: ['content.chunk-written', 'image.recorded'],
  commit: ['content.directory-synced', 'snapshot.layer-synced'],
  import: ['content.ingest-opened', 'image.layer-written'],
  rmi: ['image.deleted', 'image.blobs-collected'],
  'rmi of a commit': ['image.deleted', 'image.layers-collected'],
}

let place: CrashPlace

before(async () => {
  place = await openCrashPlace()
})

after(async () => {
  await place?.[Symbol.asyncDispose]()
})

for (const [name, between] of Object.entries(steps)) {
  test(`${name} of an engine that is killed between two writes leaves all or nothing`, async () => {
    const scenario = place.scenarios.find((one) => one.name === name) ?? assert.fail()
    for (const step of between) assert.ok(await crashAt(place, scenario, { step, pass: 1 }), step)
  })
}

test('an engine refuses to start with failpoints that it does not know', async () => {
  await place.engine.kill()
  await assert.rejects(place.engine.start({ BERTH_FAILPOINTS: 'content.none=kill' }), /Cannot arm failpoint/)
  await place.engine.start()
})
