import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { contentSteps } from '@berth/content'
import { imageSteps } from '@berth/engine'
import { snapshotSteps } from '@berth/snapshot'
import { crashAt, listPasses, type Pass } from '../integration/images-store/crash-at-steps.ts'
import { openCrashPlace, type CrashPlace } from '../integration/images-store/crash-scenarios.ts'

const steps: readonly string[] = [...contentSteps, ...snapshotSteps, ...imageSteps]
const names = ['load', 'pull', 'commit', 'import', 'rmi', 'rmi of a commit'] as const

/** Of one step. */
const passesMax = 16

let place: CrashPlace
const passed = new Set<string>()

before(async () => {
  place = await openCrashPlace()
})

after(async () => {
  await place?.[Symbol.asyncDispose]()
})

for (const name of names) {
  test(`${name} of an engine that is killed at every step leaves all or nothing`, async (context) => {
    const scenario = place.scenarios.find((one) => one.name === name) ?? assert.fail()
    const passes = spread(await listPasses(place, scenario, steps))
    let kills = 0
    for (const pass of passes) {
      passed.add(pass.step)
      try {
        if (await crashAt(place, scenario, pass)) kills++
      } catch (error) {
        throw new Error(`killed at pass ${pass.pass} of ${pass.step}`, { cause: error })
      }
    }
    context.diagnostic(
      `${kills} kills at ${passes.length} passes of ${new Set(passes.map(({ step }) => step)).size} steps`,
    )
    // Layers of one image are at work side by side, so that the last passes need not come again.
    assert.ok(kills >= passes.length * 0.9, `${kills} kills at ${passes.length} passes`)
  })
}

/** All passes of a step, or some from the first to the last where a piece of a large file is one. */
function spread(passes: readonly Pass[]): Pass[] {
  return Map.groupBy(passes, ({ step }) => step)
    .values()
    .flatMap((all) =>
      all.filter((_, index) => index % Math.ceil(all.length / passesMax) === 0 || index === all.length - 1),
    )
    .toArray()
}

test('every failpoint was passed by one of them', () => {
  assert.deepEqual(
    steps.filter((step) => !passed.has(step)),
    [],
  )
})
