import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { writeLayer } from '@berth/layer'
import { mounting } from '../../packages/layer/src/testsuite/kernel-needs.ts'
import { mountLayer } from '../../packages/layer/src/testsuite/mount-layer.ts'
import { readTree } from '../../packages/layer/src/testsuite/read-tree.ts'
import { startEngine } from '../fixtures/engine.ts'
import { runProgram } from '../fixtures/program.ts'

/** Bringing a Debian takes minutes where the line is slow. */
const timeoutMs = 15 * 60_000

let directory: string
let archive: string

/** Where this machine has its packages from, and of which release; undefined where apt is not. */
async function findMirror(): Promise<{ uri: string; release: string } | undefined> {
  const format = '$(REPO_URI) $(RELEASE) $(ORIGIN)'
  const command = ['apt-get', 'indextargets', '--format', format, 'Created-By: Packages']
  const { exitCode, stdout } = await runProgram(command).catch(() => ({ exitCode: 1, stdout: '' }))
  const targets = stdout.split('\n').map((line) => line.split(' '))
  const main = targets.find(([, release = '-', origin]) => origin === 'Debian' && !release.includes('-'))
  const [uri, release] = main ?? []
  return exitCode === 0 && uri && release ? { uri, release } : undefined
}

const mirror = await findMirror()
const needs = {
  skip: mirror === undefined ? 'needs the packages of a Debian' : mounting.skip,
  timeout: timeoutMs,
}

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'berth-debian-'))
  archive = join(directory, 'debian.tar')
  if (needs.skip !== false || !mirror) return
  const tree = join(directory, 'debian')
  const made = await runProgram(['debootstrap', '--variant=minbase', mirror.release, tree, mirror.uri], {
    timeoutMs,
  })
  assert.equal(made.exitCode, 0, made.stdout)
  await runProgram(['tar', ...packing, '-C', tree, '-cf', archive, '.'], { timeoutMs })
  await rm(tree, { recursive: true })
})

after(() => rm(directory, { recursive: true, force: true }))

const packing = ['--format=pax', '--xattrs', '--xattrs-include=*', '--numeric-owner']
const unpacking = ['--xattrs', '--xattrs-include=*', '--numeric-owner', '-p']

test(
  'a whole Debian is, in both formats, what GNU tar unpacks: every entry, mode, owner, time, attribute and byte',
  needs,
  async () => {
    const unpacked = join(directory, 'unpacked')
    await mkdir(unpacked)
    execFileSync('tar', [...unpacking, '-C', unpacked, '-xf', archive])
    const expected = readTree(unpacked)
    assert.ok(Object.keys(expected).length > 5000)
    for (const format of ['erofs', 'tree'] as const) {
      const path = join(directory, format)
      await mkdir(path)
      const written = await writeLayer({ source: archive, compression: 'auto', format, directory: path })
      assert.equal(written.format, format)
      if (format === 'tree') assert.deepEqual(readTree(join(path, 'tree')), expected)
      else {
        using mounted = mountLayer(path)
        assert.deepEqual(readTree(mounted.path), expected)
      }
      await rm(path, { recursive: true })
    }
  },
)

for (const driver of ['erofs', 'overlay']) {
  test(
    `a whole Debian that was imported finds its packages whole, and installs into itself, on ${driver}`,
    needs,
    async () => {
      await using engine = await startEngine({ bridge: 'none', flags: ['--storage-driver', driver] })
      const imported = await engine.docker(['import', archive, 'debian:here'], { timeoutMs })
      assert.equal(imported.exitCode, 0, imported.stderr)
      const run = (...command: string[]) =>
        engine.docker(['run', '--rm', '--network', 'none', 'debian:here', ...command], { timeoutMs })
      // Prints each file that differs from what its package says of it.
      assert.deepEqual(await run('dpkg', '--verify'), { exitCode: 0, stdout: '', stderr: '' })
      const again = await run('sh', '-c', 'dpkg-reconfigure -f noninteractive base-files && dpkg --verify')
      assert.equal(again.exitCode, 0, again.stderr)
    },
  )
}
