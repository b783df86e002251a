import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@berth/stdx/testsuite'
import { engineSuite } from '../../fixtures/engine-suite.ts'

const suite = engineSuite({ image: { config: { Labels: { from: 'image' } } } })
const { docker, refused } = suite

test('create() stores a container that start() runs, stop() ends and rm() removes', async () => {
  const id = await docker('create', '--name', 'one', 'busybox', 'sleep', '100')
  assert.match(id, /^[0-9a-f]{64}$/)
  const state = () => docker('inspect', '-f', '{{.State.Status}} {{.State.Running}}', 'one')
  assert.equal(await state(), 'created false')
  assert.equal(await docker('start', 'one'), 'one')
  assert.equal(await docker('start', 'one'), 'one')
  assert.equal(await state(), 'running true')
  assert.match(
    await refused('rm', 'one'),
    /cannot remove container "\/one": container is running: stop the container before removing or force remove/,
  )
  assert.equal(await docker('stop', '-t', '0', 'one'), 'one')
  assert.equal(await docker('stop', 'one'), 'one')
  assert.equal(await docker('inspect', '-f', '{{.State.ExitCode}}', 'one'), '137')
  assert.equal(await docker('rm', 'one'), 'one')
  assert.match(await refused('inspect', 'one'), /No such object: one/)
})

test('rm -f removes what ends in the same moment', async () => {
  for (let round = 0; round < 12; round++) {
    const id = await docker('run', '-d', 'busybox', 'sleep', `0.0${round}`)
    assert.equal(await docker('rm', '-f', id), id)
  }
})

test("ps() lists in Docker's columns and filters", async () => {
  await docker('run', '-d', '--name', 'p1', '--label', 'k=v', 'busybox', 'sleep', '100')
  await docker('run', '--name', 'p2', 'busybox', 'sh', '-c', 'exit 3').catch(() => undefined)
  const rows = (await docker('ps', '-a')).split('\n')
  assert.match(rows[0] ?? '', /^CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES$/)
  assert.match(
    rows.find((row) => row.endsWith('p1')) ?? '',
    /^[0-9a-f]{12} +busybox +"sleep 100" +.* ago +Up .* +p1$/,
  )
  assert.match(rows.find((row) => row.endsWith('p2')) ?? '', /"sh -c 'exit 3'" .* Exited \(3\) .* ago +p2$/)
  const names = (...filter: string[]) =>
    docker('ps', '-a', '--format', '{{.Names}}', ...filter.flatMap((text) => ['-f', text]))
  assert.equal(await names('label=k=v'), 'p1')
  assert.equal(await names('status=exited', 'name=p'), 'p2')
  assert.equal(await names('exited=3'), 'p2')
  assert.equal(await names('ancestor=busybox', 'name=^p1$'), 'p1')
  assert.match(await refused('ps', '-f', 'nonsense=1'), /invalid filter 'nonsense'/)
  await docker('rm', '-f', 'p1', 'p2')
})

test('names are unique, renamed and found by id prefix', async () => {
  const id = await docker('create', '--name', 'n1', 'busybox')
  assert.match(
    await refused('create', '--name', 'n1', 'busybox'),
    new RegExp(
      `Conflict. The container name "/n1" is already in use by container "${id}". You have to remove \\(or rename\\) that container to be able to reuse that name.`,
    ),
  )
  await docker('rename', 'n1', 'n2')
  assert.equal(await docker('inspect', '-f', '{{.Name}}', id.slice(0, 8)), '/n2')
  assert.match(
    await refused('create', '--name', 'a b', 'busybox'),
    /Invalid container name \(a b\), only \[a-zA-Z0-9\]\[a-zA-Z0-9_.-\] are allowed/,
  )
  await docker('rm', 'n2')
})

test('logs() gives what was written, whole, in order, and follows', async () => {
  await docker('run', '--name', 'l1', 'busybox', 'sh', '-c', 'echo a; echo b; echo c').catch(() => undefined)
  assert.equal(await docker('logs', 'l1'), 'a\nb\nc')
  assert.equal(await docker('logs', '--tail', '1', 'l1'), 'c')
  assert.match(await docker('logs', '-t', '--tail', '1', 'l1'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z c$/)
  assert.equal(await docker('logs', '--since', '2999-01-01T00:00:00Z', 'l1'), '')
  await docker(
    'run',
    '-d',
    '--name',
    'l2',
    'busybox',
    'sh',
    '-c',
    'for i in 1 2 3; do echo $i; sleep 0.2; done',
  )
  assert.equal(await docker('logs', '-f', 'l2'), '1\n2\n3')
  await docker('rm', 'l1', 'l2')
})

test('kill() sends signals, also by name, and refuses what does not run', async () => {
  await docker(
    'run',
    '-d',
    '--name',
    'k1',
    'busybox',
    'sh',
    '-c',
    'trap "echo got; exit 5" USR1; echo ready; while true; do sleep 0.1; done',
  )
  await eventually(async () => assert.equal(await docker('logs', 'k1'), 'ready'))
  await docker('kill', '-s', 'USR1', 'k1')
  assert.equal(await docker('wait', 'k1'), '5')
  assert.equal(await docker('logs', 'k1'), 'ready\ngot')
  assert.match(
    await refused('kill', 'k1'),
    /cannot kill container: k1: container [0-9a-f]{64} is not running/,
  )
  assert.match(await refused('kill', '-s', 'NOPE', 'k1'), /[Ii]nvalid signal: NOPE/)
  await docker('rm', 'k1')
})

test('pause() freezes and unpause() goes on', async () => {
  await docker('run', '-d', '--name', 'z1', 'busybox', 'sleep', '100')
  await docker('pause', 'z1')
  assert.match(await docker('ps', '--format', '{{.Status}}'), /\(Paused\)/)
  assert.match(await refused('exec', 'z1', 'true'), /is paused/)
  await docker('unpause', 'z1')
  assert.equal(await docker('exec', 'z1', 'echo', 'awake'), 'awake')
  await docker('rm', '-f', 'z1')
})

test('exec() has input, output, exit codes, users and environments of its own', async () => {
  await docker('run', '-d', '--name', 'e1', '-e', 'A=1', 'busybox', 'sleep', '100')
  assert.equal(
    await docker('exec', '-e', 'B=2', '-w', '/tmp', 'e1', 'sh', '-c', 'echo $A $B; pwd'),
    '1 2\n/tmp',
  )
  assert.equal((await suite.engine.docker(['exec', 'e1', 'sh', '-c', 'exit 9'])).exitCode, 9)
  assert.equal((await suite.engine.docker(['exec', '-i', 'e1', 'cat'], { input: 'in\n' })).stdout, 'in\n')
  const missing = await suite.engine.docker(['exec', 'e1', 'nope'])
  assert.equal(missing.exitCode, 127)
  assert.match(missing.stdout + missing.stderr, /exec: "nope": executable file not found in \$PATH/)
  assert.equal(await docker('exec', '-u', '1000', 'e1', 'id', '-u'), '1000')
  assert.equal(await docker('exec', '-d', 'e1', 'touch', '/tmp/made'), '')
  await eventually(async () => assert.equal(await docker('exec', 'e1', 'ls', '/tmp'), 'made'))
  await docker('rm', '-f', 'e1')
  assert.match(await refused('exec', 'e1', 'true'), /No such container: e1/)
})

test('restart policies bring a container back until a person stops it', async () => {
  await docker('run', '-d', '--name', 'r1', '--restart', 'on-failure:2', 'busybox', 'false')
  const restarts = (name: string) => docker('inspect', '-f', '{{.RestartCount}} {{.State.Status}}', name)
  await eventually(async () => assert.equal(await restarts('r1'), '2 exited'), 10_000)
  await docker('run', '-d', '--name', 'r2', '--restart', 'always', 'busybox', 'sh', '-c', 'sleep 0.2')
  await eventually(async () => assert.match(await restarts('r2'), /^[1-9]/), 10_000)
  await docker('stop', '-t', '0', 'r2')
  await sleep(500)
  assert.equal(await docker('inspect', '-f', '{{.State.Status}}', 'r2'), 'exited')
  await docker('rm', 'r1', 'r2')
})

test('a writable layer lives until its container is removed', async () => {
  await docker('create', '--name', 'w1', 'busybox', 'sh', '-c', 'echo x >> /file; cat /file')
  await docker('start', '-a', 'w1')
  assert.equal(await docker('start', '-a', 'w1'), 'x\nx')
  await docker('rm', 'w1')
})

test('start() gives all output to who attaches, however soon after the run before', async () => {
  await docker('create', '--name', 'again', 'busybox', 'echo', 'x')
  for (let runs = 0; runs < 12; runs++) assert.equal(await docker('start', '-a', 'again'), 'x')
  await docker('rm', 'again')
})

test('events() tells the life of a container in order', async () => {
  const since = String(Math.floor(Date.now() / 1000) - 1)
  await docker('run', '--rm', '--name', 'ev1', 'busybox', 'true')
  const lines = await docker(
    'events',
    '--since',
    since,
    '--until',
    String(Math.ceil(Date.now() / 1000) + 1),
    '-f',
    'container=ev1',
    '--format',
    '{{.Action}}',
  )
  assert.deepEqual(lines.split('\n'), ['create', 'attach', 'start', 'die', 'destroy'])
})

test('top() shows the processes of a container alone', async () => {
  await docker('run', '-d', '--name', 't1', 'busybox', 'sh', '-c', 'sleep 98 & sleep 99')
  await eventually(async () =>
    assert.match(await docker('top', 't1'), /sleep 99[^]*sleep 98|sleep 98[^]*sleep 99/),
  )
  const rows = (await docker('top', 't1', '-o', 'pid,args')).split('\n')
  assert.match(rows[0] ?? '', /^PID +COMMAND$/)
  assert.ok(
    rows.slice(1).every((row) => /sleep 9[89]$/.test(row)),
    rows.join('\n'),
  )
  assert.ok(rows.some((row) => row.endsWith('sleep 98')))
  await docker('rm', '-f', 't1')
  assert.match(await refused('top', 't1'), /No such container: t1/)
})

test('two clients wait for one end', async () => {
  await docker('run', '-d', '--name', 'w2', 'busybox', 'sh', '-c', 'sleep 0.5; exit 4')
  assert.deepEqual(await Promise.all([docker('wait', 'w2'), docker('wait', 'w2')]), ['4', '4'])
  assert.equal(await docker('wait', 'w2'), '4')
  await docker('rm', 'w2')
})

test('labels of image and container are shown together', async () => {
  await docker('create', '--name', 'lb', '--label', 'own=1', 'busybox')
  assert.equal(await docker('inspect', '-f', '{{json .Config.Labels}}', 'lb'), '{"from":"image","own":"1"}')
  await docker('rm', 'lb')
})
