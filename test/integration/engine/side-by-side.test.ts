import assert from 'node:assert/strict'
import { chmodSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { startEngine } from '../../fixtures/engine.ts'
import { startHub } from '../../fixtures/hub.ts'
import { busyboxImage } from '../../fixtures/images.ts'
import { runProgram } from '../../fixtures/program.ts'

const berthd = join(import.meta.dirname, '../../../bin/berthd')

test('two engines run side by side on roots, sockets and bridges of their own', async () => {
  await using hub = await startHub()
  await hub.push(await busyboxImage(), 'library/busybox:latest')
  const flags = ['--registry-mirror', hub.url]
  await using first = await startEngine({ flags })
  await using second = await startEngine({
    flags: [...flags, '--add-runtime', 'mine=/usr/sbin/runc', '--storage-driver', 'overlay'],
  })
  for (const engine of [first, second]) {
    const { stdout, stderr } = await engine.docker(['run', '-d', '--name', 'same', 'busybox', 'sleep', '100'])
    assert.match(stdout, /^[0-9a-f]{64}\n$/, stderr)
  }
  const addressOf = async (engine: typeof first) =>
    (await engine.docker(['inspect', '-f', '{{.NetworkSettings.Networks.bridge.IPAddress}}', 'same'])).stdout
  assert.notEqual(await addressOf(first), await addressOf(second))
  assert.equal((await second.docker(['info', '-f', '{{.Driver}}'])).stdout, 'overlay\n')
  const named = await second.docker(['run', '--rm', '--runtime', 'mine', 'busybox', 'echo', 'by mine'])
  assert.equal(named.stdout, 'by mine\n')
  const unknown = await first.docker(['run', '--rm', '--runtime', 'mine', 'busybox', 'true'])
  assert.equal(unknown.exitCode, 125)
  assert.match(unknown.stderr, /unknown or invalid runtime name: mine/)
})

test("an engine's folders and socket are closed to others", async () => {
  await using engine = await startEngine({ bridge: 'none' })
  // The fixture's own folder is closed; what is asked here is whether the engine's are.
  chmodSync(dirname(engine.dataRoot), 0o711)
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
  assert.equal(modeOf(engine.host.slice('unix://'.length)), '660')
  assert.equal(modeOf(engine.dataRoot), '710')
  assert.equal(modeOf(engine.execRoot), '711')
  for (const name of ['containers', 'layers', 'netns'])
    assert.equal(modeOf(join(engine.execRoot, name)), '700', name)
  assert.equal(modeOf(join(engine.dataRoot, 'berth.db')), '600')
  const other = await runProgram([
    'su',
    'nobody',
    '-s',
    '/bin/sh',
    '-c',
    `ls ${engine.dataRoot}/content; ls ${engine.execRoot}/containers`,
  ])
  assert.equal(other.stdout, '')
  const denied = await runProgram(['su', 'nobody', '-s', '/bin/sh', '-c', `docker -H ${engine.host} ps`])
  assert.match(denied.stderr, /permission denied/)
})

test('berthd says what is wrong with its flags and its configuration', async () => {
  const unknown = await runProgram([berthd, '--nope'])
  assert.equal(unknown.exitCode, 125)
  assert.match(unknown.stderr, /unknown flag: --nope/)
  assert.equal(
    (await runProgram([berthd, '--validate', '--data-root', '/tmp/never'])).stdout,
    'configuration OK\n',
  )
  const missing = await runProgram([berthd, '--validate', '--config-file', '/nonexistent.json'])
  assert.equal(missing.exitCode, 1)
  assert.match(missing.stderr, /\/nonexistent.json: no such file or directory/)
})
