import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '@berth/stdx/testsuite'
import { engineSuite } from '../../fixtures/engine-suite.ts'

const suite = engineSuite({ isPulled: false })

for (const client of ['docker', 'berth'] as const) {
  const ok = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await suite.engine[client](args)
    assert.equal(exitCode, 0, `${client} ${args.join(' ')}: ${stderr}`)
    return stdout.trimEnd()
  }

  test(`${client} does a newcomer's first hour`, async () => {
    assert.match(await ok('version'), /Server: Berth\n/)
    assert.match(await ok('version', '--format', '{{.Server.APIVersion}}'), /^1\.\d+$/)
    const info = await ok('info')
    assert.match(info, /Storage Driver: (erofs|overlay)/)
    assert.match(info, /Default Runtime: \w+/)
    assert.match(
      await ok('pull', 'busybox'),
      /Using default tag: latest\n[^]*Status: Downloaded newer image for busybox:latest\ndocker.io\/library\/busybox:latest$/,
    )
    assert.match(await ok('pull', 'busybox'), /Status: Image is up to date for busybox:latest/)
    assert.match(
      await ok('images'),
      /^REPOSITORY +TAG +IMAGE ID +CREATED +SIZE\nbusybox +latest +[0-9a-f]{12} +/,
    )
    assert.equal(await ok('run', '--rm', 'busybox', 'echo', 'hello'), 'hello')
    const id = await ok('run', '-d', '--name', 'daemon', 'busybox', 'sh', '-c', 'echo started; sleep 100')
    assert.match(id, /^[0-9a-f]{64}$/)
    await eventually(async () => assert.equal(await ok('logs', 'daemon'), 'started'))
    assert.match(
      await ok('ps', '-a'),
      new RegExp(`${id.slice(0, 12)} +busybox +"sh -c 'echo started…" .* Up .* daemon`),
    )
    assert.equal(await ok('exec', 'daemon', 'hostname'), id.slice(0, 12))
    assert.equal(await ok('inspect', '-f', '{{.Config.Image}} {{.State.Running}}', 'daemon'), 'busybox true')
    assert.equal(await ok('stop', '-t', '0', 'daemon'), 'daemon')
    assert.equal(await ok('rm', 'daemon'), 'daemon')
    assert.match(
      await ok('rmi', 'busybox'),
      /^Untagged: busybox:latest\nUntagged: busybox@sha256:[0-9a-f]{64}\nDeleted: sha256:/,
    )
    assert.equal(await ok('images', '-q'), '')
  })
}

/** Lines that differ by nothing but the client's name and time must be the same from both. */
test('both clients show the same', async () => {
  await suite.engine.docker(['pull', '-q', 'busybox'])
  await suite.engine.docker(['run', '--name', 'ended', 'busybox', 'false'])
  const same = [
    ['images', '--no-trunc'],
    ['images', '--digests'],
    ['images', '--format', 'json'],
    ['ps', '-a', '--no-trunc', '--format', '{{.ID}} {{.Image}} {{.Command}} {{.Names}} {{.State}}'],
    ['ps', '-aq'],
    ['history', 'busybox'],
    ['history', '--no-trunc', '-q', 'busybox'],
    ['inspect', 'ended'],
    ['image', 'inspect', 'busybox'],
    ['network', 'ls', '--no-trunc'],
    ['network', 'inspect', 'bridge'],
    ['inspect', '-f', '{{json .HostConfig}}', 'ended'],
  ]
  for (const args of same) {
    // The stock client on PATH speaks 1.50.
    const ours = await suite.engine.berth(args, { env: { DOCKER_API_VERSION: '1.50' } })
    const theirs = await suite.engine.docker(args)
    assert.deepEqual(ours, theirs, args.join(' '))
  }
  await suite.engine.docker(['rm', 'ended'])
})
