import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { after, afterEach, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isCoded } from '@berth/stdx'
import { eventually } from '@berth/stdx/testsuite'
import { logText, MonitorFixture, readOutput, readUntil, splitFrames } from './monitor-fixture.ts'

let fixture: MonitorFixture
before(async () => {
  fixture = await MonitorFixture.create()
})
afterEach(() => fixture.clear())
after(() => fixture[Symbol.asyncDispose]())

const noStdio = { openStdin: false, stdinOnce: true }
const hash = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')

test('start() delivers every byte of a megabyte to client and log', async () => {
  const { exit, stdout, log } = await fixture.run({ args: ['sh', '-c', 'seq 1 150000'] })
  const expected = Array.from({ length: 150_000 }, (_, at) => `${at + 1}\n`).join('')
  assert.equal(exit.exitCode, 0)
  assert.equal(hash(stdout), hash(expected))
  assert.equal(hash(logText(log)), hash(expected))
})

test('start() tells output streams apart and reports the exit code', async () => {
  const { exit, stdout, stderr } = await fixture.run({
    args: ['sh', '-c', 'echo out; echo err >&2; exit 42'],
  })
  assert.deepEqual([stdout, stderr, exit.exitCode, exit.isOomKilled], ['out\n', 'err\n', 42, false])
})

test('start() gives real pipes: /dev/stdout opens, also for another user', async () => {
  const { stdout } = await fixture.run({
    args: ['sh', '-c', 'id > /dev/stdout; ls /proc/self/fd'],
    user: 'user',
  })
  assert.match(stdout, /^uid=1000\(user\) gid=1000\(user\) groups=1000\(user\),2000\(more\)\n/)
  assert.equal(
    stdout
      .split('\n')
      .slice(1)
      .filter((line) => line !== '').length,
    4,
    'three descriptors and the directory',
  )
})

test('start() rejects with the words of Docker and leaves nothing', async () => {
  const start =
    'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: '
  await assert.rejects(fixture.start({ args: ['nosuch'] }), {
    code: 'invalid-argument',
    message: `${start}exec: "nosuch": executable file not found in $PATH: unknown`,
  })
  await assert.rejects(fixture.start({ args: ['/bin/noexec'] }), {
    message: `${start}exec: "/bin/noexec": permission denied: unknown`,
  })
  await assert.rejects(
    fixture.start({ args: ['/nosuch'] }),
    /exec: "\/nosuch": stat \/nosuch: no such file or directory: unknown$/,
  )
  assert.deepEqual(await fixture.monitor.list(), [])
  assert.deepEqual(readdirSync(`${fixture.runDirectory}/containers`), [])
  assert.deepEqual(readdirSync(`${fixture.runDirectory}/runtime`), [])
})

test('start() ends attached clients when it fails', async () => {
  await using stream = await fixture.monitor.attach('c1', { stdin: false, stdout: true, stderr: true })
  await assert.rejects(fixture.start({ args: ['nosuch'] }))
  assert.equal((await readOutput(stream)).length, 0)
})

test('start() rejects a runtime that is missing, that fails with garbage, and ids that are paths', async () => {
  const request = fixture.request({ args: ['true'] })
  await assert.rejects(
    fixture.monitor.start({ ...request, runtime: '/nosuch/runtime' }),
    /exec: "\/nosuch\/runtime": executable file not found/,
  )
  await assert.rejects(
    fixture.monitor.start({ ...request, runtime: 'false' }),
    /failed without a reason: unknown$/,
  )
  await assert.rejects(fixture.monitor.start({ ...request, containerId: '../x' }), {
    code: 'invalid-argument',
  })
})

test('signal() ends a process, whose code is 128 and the signal', async () => {
  await fixture.start({ args: ['sleep', '1000'] })
  await fixture.monitor.signal('c1', 9)
  assert.equal((await fixture.exit('c1')).exitCode, 137)
  await assert.rejects(fixture.monitor.signal('c1', 9), { code: 'failed-precondition' })
  await fixture.monitor.delete('c1')
  await fixture.monitor.delete('c1')
})

test('delete() refuses a running container', async () => {
  await fixture.start({ args: ['sleep', '1000'] })
  await assert.rejects(fixture.monitor.delete('c1'), { code: 'failed-precondition' })
  await assert.rejects(fixture.monitor.shutdown(), { code: 'failed-precondition' })
  await assert.rejects(fixture.start({ args: ['true'] }), { code: 'conflict' })
  await fixture.monitor.signal('c1', 0, { all: true })
})

test('attach() passes input on, also what came before the start, and its end', async () => {
  await using stream = await fixture.monitor.attach('c1', { stdin: true, stdout: true, stderr: true })
  await stream.write(Buffer.from('early\n'))
  await fixture.start({ args: ['cat'], stdio: { openStdin: true } })
  await stream.write(Buffer.from('late\n'))
  stream.endInput()
  assert.equal(splitFrames(await readOutput(stream)).stdout.toString(), 'early\nlate\n')
  assert.equal((await fixture.exit('c1')).exitCode, 0)
})

test('attach() closes the input when the first client leaves, if it is asked to', async () => {
  const stream = await fixture.monitor.attach('c1', { stdin: true, stdout: true, stderr: true })
  await fixture.start({ args: ['cat'], stdio: { openStdin: true, stdinOnce: true } })
  await stream[Symbol.asyncDispose]()
  assert.equal((await fixture.exit('c1')).exitCode, 0)
})

test('attach() leaves the input open for the next client otherwise', async () => {
  const stream = await fixture.monitor.attach('c1', { stdin: true, stdout: true, stderr: true })
  await fixture.start({ args: ['cat'], stdio: { openStdin: true, stdinOnce: false } })
  await stream[Symbol.asyncDispose]()
  await using second = await fixture.monitor.attach('c1', { stdin: true, stdout: true, stderr: true })
  await second.write(Buffer.from('again'))
  second.endInput()
  assert.equal(splitFrames(await readOutput(second)).stdout.toString(), 'again')
})

test('attach() gives every client everything, and a slow one holds the process up', async () => {
  const options = { stdin: false, stdout: true, stderr: true }
  await using fast = await fixture.monitor.attach('c1', options)
  await using slow = await fixture.monitor.attach('c1', options)
  const output = readOutput(fast)
  await fixture.start({ args: ['dd', 'if=/dev/zero', 'bs=65536', 'count=200'], log: { driver: 'none' } })
  assert.equal(await Promise.race([fixture.exit('c1'), sleep(300, 'held up')]), 'held up')
  const late = splitFrames(await readOutput(slow)).stdout
  assert.equal(late.length, 200 * 65536)
  assert.equal(splitFrames(await output).stdout.length, late.length)
})

test('attach() to a terminal gives raw output, echo, size and resize', async () => {
  await using stream = await fixture.monitor.attach('c1', { stdin: true, stdout: true, stderr: true })
  const output = stream.output[Symbol.asyncIterator]()
  const script =
    'stty size; read line; stty size; trap "stty size; exit 3" WINCH; echo ready; while :; do sleep 0.1; done'
  await fixture.start({
    args: ['sh', '-c', script],
    isTerminal: true,
    stdio: { openStdin: true, consoleSize: { rows: 33, columns: 101 } },
  })
  assert.match(await readUntil(output, '\n'), /^33 101\r\n/)
  await stream.write(Buffer.from('typed\n'))
  assert.match(await readUntil(output, 'ready'), /typed\r\n33 101\r\n/)
  await fixture.monitor.resize('c1', { rows: 50, columns: 120 })
  assert.match(await readUntil(output, '120'), /50 120/)
  assert.equal((await fixture.exit('c1')).exitCode, 3)
})

test('resize() is refused where there is no terminal', async () => {
  await fixture.start({ args: ['sleep', '1000'] })
  await assert.rejects(fixture.monitor.resize('c1', { rows: 1, columns: 1 }), { code: 'failed-precondition' })
})

test('exec() runs processes beside the first, with streams, terminals and codes of their own', async () => {
  await fixture.start({ args: ['sleep', '1000'] })
  const { process } = fixture.request({ args: ['sh', '-c', 'cat; exit 5'] }).spec
  await using stream = await fixture.monitor.attach('c1', {
    execId: 'e1',
    stdin: true,
    stdout: true,
    stderr: true,
  })
  const exec = {
    containerId: 'c1',
    execId: 'e1',
    runtime: 'runc',
    process,
    stdio: { openStdin: true, stdinOnce: true },
  }
  await fixture.monitor.exec(exec)
  await stream.write(Buffer.from('in'))
  stream.endInput()
  assert.equal(splitFrames(await readOutput(stream)).stdout.toString(), 'in')
  assert.equal((await fixture.exit('c1', 'e1')).exitCode, 5)

  const tty = { ...process, terminal: true, args: ['stty', 'size'] }
  await using terminal = await fixture.monitor.attach('c1', {
    execId: 'e2',
    stdin: true,
    stdout: true,
    stderr: true,
  })
  await fixture.monitor.exec({
    ...exec,
    execId: 'e2',
    process: tty,
    stdio: { ...noStdio, consoleSize: { rows: 7, columns: 9 } },
  })
  assert.equal((await readOutput(terminal)).toString(), '7 9\r\n')
  await fixture.exit('c1', 'e2')

  const failed = 'OCI runtime exec failed: exec failed: unable to start container process: '
  const failing = (args: string[]) =>
    fixture.monitor.exec({ ...exec, execId: 'e3', process: { ...process, args } })
  await assert.rejects(failing(['nosuch']), {
    code: 'invalid-argument',
    message: `${failed}exec: "nosuch": executable file not found in $PATH: unknown`,
  })
  await assert.rejects(failing(['/bin/noexec']), {
    message: `${failed}exec: "/bin/noexec": permission denied: unknown`,
  })
  assert.deepEqual(readdirSync(`${fixture.runDirectory}/containers/c1/exec`), [])
})

test('exec() ends though a process it left behind holds its output', async () => {
  await fixture.start({ args: ['sleep', '1000'] })
  const { process } = fixture.request({ args: ['sh', '-c', 'sleep 1000 & echo done'] }).spec
  await using stream = await fixture.monitor.attach('c1', {
    execId: 'e1',
    stdin: false,
    stdout: true,
    stderr: true,
  })
  await fixture.monitor.exec({ containerId: 'c1', execId: 'e1', runtime: 'runc', process, stdio: noStdio })
  assert.equal((await fixture.exit('c1', 'e1')).exitCode, 0)
  assert.equal(splitFrames(await readOutput(stream)).stdout.toString(), 'done\n')
})

test('pause() stops a container and resume() lets it go on', async () => {
  await fixture.start({ args: ['sleep', '1000'] })
  await fixture.monitor.pause('c1')
  assert.equal((await fixture.monitor.list())[0]?.status, 'paused')
  await fixture.monitor.resume('c1')
  assert.equal((await fixture.monitor.list())[0]?.status, 'running')
})

test('start() notices that the kernel ended a process for want of memory', async () => {
  const { exit } = await fixture.run({
    args: ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=200M', 'count=1'],
    spec: { resources: { memoryBytes: 16 << 20 } },
  })
  assert.deepEqual([exit.exitCode, exit.isOomKilled], [137, true])
})

test('the log rotates and loses nothing', async () => {
  const path = fixture.logPath('rotating')
  await fixture.run({
    containerId: 'rotating',
    args: ['seq', '1', '2000'],
    log: { path, maxSizeBytes: 60_000, maxFiles: 3 },
  })
  const text = [`${path}.2`, `${path}.1`, path].map((name) => readFileSync(name, 'utf8')).join('')
  assert.equal(logText(text), Array.from({ length: 2000 }, (_, at) => `${at + 1}\n`).join(''))
})

test('an engine that comes back finds containers, exits and logs whole', async () => {
  await fixture.start({
    containerId: 'back',
    args: ['sh', '-c', 'i=0; while [ $i -lt 200 ]; do echo $i; i=$((i+1)); done; exit 9'],
  })
  await fixture.start({ containerId: 'c2', args: ['sleep', '1000'] })
  await fixture.reconnect()
  assert.equal((await fixture.exit('back')).exitCode, 9)
  const states = await fixture.monitor.list()
  assert.deepEqual(
    states.map(({ containerId, status }) => [containerId, status]),
    [
      ['back', 'exited'],
      ['c2', 'running'],
    ],
  )
  assert.equal(logText(readFileSync(fixture.logPath('back'), 'utf8')).split('\n').length - 1, 200)
})

test('containers live on when the monitor is killed, and the next one takes over', async () => {
  await fixture.start({
    containerId: 'alive',
    args: ['sh', '-c', 'i=0; while :; do echo $i; i=$((i+1)); sleep 0.02; done'],
  })
  const [before] = await fixture.monitor.list()
  process.kill(fixture.monitorPid(), 'SIGKILL')
  // The call that the death cuts short is refused, the next waits for the monitor after it.
  const [now] = await fixture.monitor.list().catch(() => fixture.monitor.list())
  assert.deepEqual(now, before)
  await using stream = await fixture.monitor.attach('alive', { stdin: false, stdout: true, stderr: true })
  await readUntil(stream.output[Symbol.asyncIterator](), '\n')
  await fixture.monitor.signal('alive', 9)
  const exit = await fixture.exit('alive')
  assert.ok(exit.exitCode === 137 || (exit.exitCode === 255 && exit.isUnknown), 'known from Linux 6.15 on')
  const numbers = logText(readFileSync(fixture.logPath('alive'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map(Number)
  const missing = (numbers.at(-1) ?? 0) + 1 - new Set(numbers).size
  assert.ok(missing <= 5, `what the monitor had read and not written is lost with it: ${missing} lines`)
})

test('fifty containers leave no descriptor, process or file behind', async () => {
  await fixture.run({ args: ['true'] })
  const pid = fixture.monitorPid()
  const descriptors = () => readdirSync(`/proc/${pid}/fd`).length
  const children = () => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  await sleep(200)
  const atFirst = descriptors()
  for (let round = 0; round < 5; round++) {
    const ids = Array.from({ length: 10 }, (_, at) => `many${at}`)
    const results = await Promise.all(
      ids.map((containerId) => fixture.run({ containerId, args: ['sh', '-c', `echo ${containerId}`] })),
    )
    assert.deepEqual(
      results.map(({ stdout }) => stdout),
      ids.map((id) => `${id}\n`),
    )
  }
  await eventually(() =>
    assert.ok(descriptors() <= atFirst, `${descriptors()} descriptors, ${atFirst} at first`),
  )
  assert.equal(children(), '')
  assert.deepEqual(readdirSync(`${fixture.runDirectory}/containers`), [])
  assert.deepEqual(readdirSync(`${fixture.runDirectory}/runtime`), [])
})

test('connectMonitor() errors cross the socket with their code', async () => {
  const error = await fixture.monitor.signal('nosuch', 9).catch((error: unknown) => error)
  assert.ok(isCoded(error, 'failed-precondition'))
})

test('the monitor stays small', async () => {
  const rollup = readFileSync(`/proc/${fixture.monitorPid()}/smaps_rollup`, 'utf8')
  const privateKb = Number(/^Private_Dirty: +(\d+) kB$/m.exec(rollup)?.[1])
  assert.ok(privateKb < 40_000, `${privateKb} kB of its own`)
})
