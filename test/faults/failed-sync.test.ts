import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { findProblems } from '../fixtures/check-engine.ts'
import { failSyncs } from '../fixtures/fail-syncs.ts'
import { checkOutcome } from '../integration/images-store/crash-at-steps.ts'
import { listStored, openCrashPlace, type CrashPlace } from '../integration/images-store/crash-scenarios.ts'

let place: CrashPlace

before(async () => {
  // The tracer counts the calls of each thread.
  place = await openCrashPlace({ env: { UV_THREADPOOL_SIZE: '1' } })
})

after(async () => {
  await place?.[Symbol.asyncDispose]()
})

for (const name of ['load', 'commit', 'import'] as const) {
  test(`${name}() fails when the disk does, at whatever sync, and nothing comes into being`, async (context) => {
    const scenario = place.scenarios.find((one) => one.name === name) ?? assert.fail()
    const { engine } = place
    let failures = 0
    for (let from = 1; ; from++) {
      {
        await using _ = await failSyncs(engine.pid, { from })
        const { exitCode, stderr } = await scenario.act()
        if (exitCode === 0) break
        failures++
        assert.match(stderr, /EIO|disk I\/O error/)
      }
      assert.equal((await engine.docker(['image', 'inspect', scenario.image])).exitCode, 1)
      assert.deepEqual(await findProblems(engine), [])
    }
    assert.ok(failures > 5, `${failures} failures`)
    context.diagnostic(`${failures} syncs failed`)
    assert.ok(await checkOutcome(engine, scenario))
    await engine.docker(['rmi', scenario.image])
    assert.deepEqual(await listStored(engine.dataRoot), place.baseline)
  })
}
