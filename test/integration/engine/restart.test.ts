import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@berth/stdx/testsuite'
import { engineSuite } from '../../fixtures/engine-suite.ts'

const suite = engineSuite()
const { docker } = suite

const inspect = (name: string, format: string) => docker('inspect', '-f', format, name)

test('a killed engine leaves containers running, and the next one finds them whole', async () => {
  await docker(
    'run',
    '-d',
    '--name',
    'counter',
    'busybox',
    'sh',
    '-c',
    'i=0; while true; do echo $i; i=$((i+1)); sleep 0.05; done',
  )
  const pid = await inspect('counter', '{{.State.Pid}}')
  await suite.engine.kill()
  await sleep(500)
  await suite.engine.start()
  assert.equal(await inspect('counter', '{{.State.Status}} {{.State.Pid}}'), `running ${pid}`)
  assert.equal(await docker('exec', 'counter', 'echo', 'alive'), 'alive')
  await docker('stop', '-t', '0', 'counter')
  const lines = (await docker('logs', 'counter')).split('\n').map(Number)
  assert.deepEqual(
    lines,
    Array.from(lines, (_, index) => index),
  )
  assert.ok(lines.length > 10, `${lines.length} lines`)
  await docker('rm', 'counter')
})

/** Ends when it is told to, with its last words and a code. */
const untilTold = (exitCode: number) => [
  'sh',
  '-c',
  `trap "echo last; sleep 0.2; echo words; exit ${exitCode}" TERM; echo ready; while :; do sleep 0.1; done`,
]

/** The process of a container that listens to signals. */
async function readyProcess(name: string): Promise<number> {
  await eventually(async () => assert.equal(await docker('logs', name), 'ready'))
  return Number(await inspect(name, '{{.State.Pid}}'))
}

async function end(pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM')
  await eventually(() => assert.equal(existsSync(`/proc/${pid}`), false))
}

test('an exit while no engine runs is known to the next one, with its code and its last words', async () => {
  await docker('run', '-d', '--name', 'late', 'busybox', ...untilTold(42))
  await docker('run', '-d', '--rm', '--name', 'passing', 'busybox', ...untilTold(0))
  const pids = [await readyProcess('late'), await readyProcess('passing')]
  await suite.engine.kill()
  for (const pid of pids) await end(pid)
  await suite.engine.start()
  assert.equal(await inspect('late', '{{.State.Status}} {{.State.ExitCode}}'), 'exited 42')
  assert.equal(await docker('logs', 'late'), 'ready\nlast\nwords')
  assert.equal(await docker('ps', '-aq', '-f', 'name=passing'), '')
  await docker('rm', 'late')
})

test('a container that is attached to goes on without its client and its engine', async () => {
  const attached = suite.engine.docker(['run', '--name', 'talker', 'busybox', ...untilTold(0)])
  const talker = await readyProcess('talker')
  await suite.engine.kill()
  assert.notEqual((await attached).exitCode, 0)
  await end(talker)
  await suite.engine.start()
  assert.equal(await docker('wait', 'talker'), '0')
  assert.equal(await docker('logs', 'talker'), 'ready\nlast\nwords')
  await docker('rm', 'talker')
})

test('restart policies hold across a killed engine', async () => {
  await docker('run', '-d', '--name', 'always', '--restart', 'always', 'busybox', 'sleep', '100')
  await docker('run', '-d', '--name', 'stopped', '--restart', 'unless-stopped', 'busybox', 'sleep', '100')
  await docker('stop', '-t', '0', 'stopped')
  await suite.engine.kill()
  await suite.engine.start()
  assert.equal(await inspect('always', '{{.State.Status}}'), 'running')
  assert.equal(await inspect('stopped', '{{.State.Status}}'), 'exited')
  await docker('rm', '-f', 'always', 'stopped')
})

test('addresses, names and images survive', async () => {
  await docker('run', '-d', '--name', 'a1', 'busybox', 'sleep', '100')
  const address = await inspect('a1', '{{.NetworkSettings.IPAddress}}')
  assert.match(address, /^\d+\.\d+\.\d+\.\d+$/)
  await suite.engine.kill()
  await suite.engine.start()
  assert.equal(await inspect('a1', '{{.NetworkSettings.IPAddress}}'), address)
  await docker('run', '-d', '--name', 'a2', 'busybox', 'sleep', '100')
  assert.notEqual(await inspect('a2', '{{.NetworkSettings.IPAddress}}'), address)
  assert.equal(
    await docker('exec', 'a2', 'ping', '-c', '1', '-W', '2', address).then(() => 'answered'),
    'answered',
  )
  await docker('rm', '-f', 'a1', 'a2')
})

test('the first answer comes soon', async () => {
  await suite.engine.kill()
  const started = performance.now()
  await suite.engine.start()
  const elapsed = performance.now() - started
  assert.ok(elapsed < 5000, `${elapsed} ms`)
})

test('a second engine on the same data root is refused', async () => {
  const { runProgram } = await import('../../fixtures/program.ts')
  const program = new URL('../../../bin/berthd', import.meta.url).pathname
  const { exitCode, stderr } = await runProgram([
    program,
    '-H',
    `${suite.engine.host}2`,
    '--data-root',
    suite.engine.dataRoot,
    '--exec-root',
    `${suite.engine.execRoot}2`,
    '--bridge',
    'none',
  ])
  assert.equal(exitCode, 1)
  assert.match(stderr, /Cannot use data root .*: another engine does/)
})
