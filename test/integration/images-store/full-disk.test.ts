import assert from 'node:assert/strict'
import { open, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { findProblems } from '../../fixtures/check-engine.ts'
import { mountDisk, type Disk } from '../../fixtures/disk.ts'
import { checkOutcome } from './crash-at-steps.ts'
import { listStored, openCrashPlace, type CrashPlace, type CrashScenario } from './crash-scenarios.ts'

/** Ways to use a disk up, each with something left, so that what is tried begins. */
const fillings: Record<string, { mkfsFlags: readonly string[]; fill: (disk: Disk) => Promise<void> }> = {
  space: {
    mkfsFlags: [],
    async fill(disk) {
      await using file = await open(join(disk.directory, 'filler'), 'wx')
      await file.sync()
      const piece = Buffer.alloc(64 * 1024, 1)
      for (let { bytes } = await disk.free(); bytes > 2 * piece.length; bytes = (await disk.free()).bytes) {
        await file.write(piece)
        await file.datasync()
      }
    },
  },
  inodes: {
    mkfsFlags: ['-N', '192'],
    async fill(disk) {
      const { inodes } = await disk.free()
      for (let index = 0; index < inodes - 3; index++)
        await writeFile(join(disk.directory, `filler${index}`), '')
    },
  },
}

async function empty({ directory }: Disk): Promise<void> {
  for (const name of await readdir(directory)) if (name.startsWith('filler')) await rm(join(directory, name))
}

/** What makes an image: all that needs none of its own before. */
const bringing = ({ scenarios }: CrashPlace): CrashScenario[] =>
  scenarios.filter(({ prepare }) => prepare === undefined)

for (const [what, { mkfsFlags, fill }] of Object.entries(fillings)) {
  test(`load(), pull(), commit() and import() without ${what} left change nothing and work when there is room`, async () => {
    await using disk = await mountDisk({ mkfsFlags })
    await using place = await openCrashPlace({ dataRoot: join(disk.directory, 'data') })
    const { engine, baseline } = place
    await fill(disk)
    for (const scenario of bringing(place)) {
      const { exitCode, stderr } = await scenario.act()
      assert.match(stderr, /no space left on device/, scenario.name)
      assert.equal(exitCode, 1)
      assert.deepEqual(await listStored(engine.dataRoot), baseline, scenario.name)
      assert.match((await engine.docker(['images'])).stdout, /^kept +1 /m)
    }
    // It may find no room to check in; nothing is broken for that.
    const accused = (await findProblems(engine)).filter(({ Problem }) => Problem !== undefined)
    assert.deepEqual(accused, [])
    await empty(disk)
    assert.deepEqual(await findProblems(engine), [])
    for (const scenario of bringing(place)) {
      const { exitCode, stderr } = await scenario.act()
      assert.equal(exitCode, 0, `${scenario.name}: ${stderr}`)
      assert.ok(await checkOutcome(engine, scenario))
    }
  })
}

test('rmi() on a full disk makes room', async () => {
  await using disk = await mountDisk()
  await using place = await openCrashPlace({ dataRoot: join(disk.directory, 'data') })
  const rmi = place.scenarios.find(({ name }) => name === 'rmi') ?? assert.fail()
  await rmi.prepare?.()
  await fillings['space']?.fill(disk)
  const { exitCode, stderr } = await rmi.act()
  assert.equal(exitCode, 0, stderr)
  assert.deepEqual(await listStored(place.engine.dataRoot), place.baseline)
})

/** The kernel's words and SQLite's. */
const refusal = /read-only file system|readonly database|disk I\/O error/

test('an engine whose disk became read-only still answers, and says what it cannot do', async () => {
  await using disk = await mountDisk({ mountOptions: ['errors=remount-ro'] })
  await using place = await openCrashPlace({ dataRoot: join(disk.directory, 'data') })
  const { engine } = place
  await disk.remount('abort')
  for (const args of [
    ['images'],
    ['ps', '-a'],
    ['image', 'inspect', 'kept:1'],
    ['inspect', 'changed'],
    ['logs', 'changed'],
    ['info'],
  ]) {
    const { exitCode, stderr } = await engine.docker(args)
    assert.equal(exitCode, 0, `docker ${args.join(' ')}: ${stderr}`)
  }
  for (const scenario of bringing(place)) {
    const { exitCode, stderr } = await scenario.act()
    assert.match(stderr, refusal, scenario.name)
    assert.equal(exitCode, 1)
  }
  const { exitCode, stderr } = await engine.docker(['tag', 'kept:1', 'other:1'])
  assert.match(stderr, refusal)
  assert.equal(exitCode, 1)
  assert.equal((await engine.api('GET', '/_ping')).status, 200)
})
