import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { startDockerd, withDockerd } from '../../fixtures/dockerd.ts'
import { startHub } from '../../fixtures/hub.ts'
import { busyboxImage } from '../../fixtures/images.ts'
import { runProgram } from '../../fixtures/program.ts'

const berth = join(import.meta.dirname, '../../../bin/berth')

test("berth works against Debian's Docker engine", withDockerd, async () => {
  await using hub = await startHub()
  await hub.push(await busyboxImage(), 'library/busybox:latest')
  await using dockerd = await startDockerd(['--registry-mirror', hub.url])
  const run = (...args: string[]) => runProgram([berth, '-H', dockerd.host, ...args])
  const ok = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await run(...args)
    assert.equal(exitCode, 0, `berth ${args.join(' ')}: ${stderr}`)
    return stdout.trimEnd()
  }
  assert.match(await ok('version'), /Server:[^]*Version: +20\.10/)
  assert.match(await ok('pull', 'busybox'), /docker.io\/library\/busybox:latest$/)
  assert.match(await ok('images'), /^REPOSITORY +TAG +IMAGE ID +CREATED +SIZE\nbusybox +latest /)
  assert.equal(await ok('run', '--rm', '--network', 'none', 'busybox', 'echo', 'hello'), 'hello')
  assert.equal((await run('run', '--rm', '--network', 'none', 'busybox', 'sh', '-c', 'exit 3')).exitCode, 3)
  assert.match(await ok('info'), /Server Version: 20\.10/)
})
