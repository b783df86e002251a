import assert from 'node:assert/strict'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { connectMonitor } from '@berth/runtime'
import { runMonitor } from '@berth/runtime/monitor'
import { eventually } from '@berth/stdx/testsuite'
import { entryPath, MonitorFixture, splitFrames, readOutput } from './monitor-fixture.ts'

let fixture: MonitorFixture
before(async () => {
  fixture = await MonitorFixture.create()
})
afterEach(() => fixture.clear())
after(() => fixture[Symbol.asyncDispose]())

const stdio = { openStdin: false, stdinOnce: true }

async function killMonitor(): Promise<void> {
  process.kill(fixture.monitorPid(), 'SIGKILL')
  // The call that the death cuts short is refused, the next waits for the monitor after it.
  await fixture.monitor.list().catch(() => fixture.monitor.list())
}

test('runMonitor() refuses a directory that another monitor has', async () => {
  await assert.rejects(runMonitor({ runDirectory: fixture.runDirectory }), { code: 'already-exists' })
})

test('a start that the death of the monitor cut short is undone', async () => {
  const runtime = join(fixture.directory, 'slow-runtime')
  await writeFile(
    runtime,
    '#!/bin/sh\ncase "$*" in *run*--detach*) while :; do sleep 0.1; done;; esac\nexec runc "$@"\n',
  )
  await chmod(runtime, 0o755)
  const request = { ...fixture.request({ containerId: 'cut', args: ['sleep', '1000'] }), runtime }
  const started = fixture.monitor.start(request).catch((error: unknown) => error)
  const directory = join(fixture.runDirectory, 'containers/cut')
  await eventually(() => assert.ok(existsSync(join(directory, 'stderr'))))
  await killMonitor()
  assert.equal(((await started) as { code?: string }).code, 'unavailable')
  assert.equal(existsSync(directory), false)
  assert.deepEqual(await fixture.monitor.list(), [])
})

test('an exec goes on when the monitor is killed, and its end is told', async () => {
  await fixture.start({ args: ['sleep', '1000'] })
  const { process } = fixture.request({
    args: ['sh', '-c', 'while ! [ -e /go ]; do sleep 0.05; done; echo done; exit 4'],
  }).spec
  await fixture.monitor.exec({ containerId: 'c1', execId: 'e1', runtime: 'runc', process, stdio })
  await killMonitor()
  await using stream = await fixture.monitor.attach('c1', {
    execId: 'e1',
    stdin: false,
    stdout: true,
    stderr: true,
  })
  await writeFile(join(fixture.rootfs, 'go'), '')
  assert.equal(splitFrames(await readOutput(stream)).stdout.toString(), 'done\n')
  const exit = await fixture.exit('c1', 'e1')
  assert.ok(exit.exitCode === 4 || exit.isUnknown)
  await fixture.monitor.list()
  assert.deepEqual(readdirSync(join(fixture.runDirectory, 'containers/c1/exec')), [])
})

test('an end that nobody saw is told by the next monitor', async () => {
  await fixture.start({ args: ['sleep', '1000'] })
  const [state] = await fixture.monitor.list()
  const monitor = fixture.monitorPid()
  process.kill(monitor, 'SIGSTOP')
  process.kill(state?.pid ?? 0, 'SIGKILL')
  process.kill(monitor, 'SIGKILL')
  const exit = await fixture.exit('c1')
  assert.deepEqual([exit.exitCode, exit.isUnknown], [255, true])
})

test('connectMonitor() starts a monitor in place of one that ends while it connects', async () => {
  const runDirectory = join(fixture.directory, 'ending')
  await mkdir(runDirectory)
  await using ending = createServer({ pauseOnConnect: true }, (socket) => socket.destroy())
  await once(ending.listen(join(runDirectory, 'monitor.sock')), 'listening')
  const monitor = await connectMonitor({ runDirectory, entryPath })
  assert.deepEqual(await monitor.list(), [])
  await monitor.shutdown()
})

test('connectMonitor() says where to look when the monitor cannot be started', async () => {
  const runDirectory = join(fixture.directory, 'none')
  await assert.rejects(connectMonitor({ runDirectory, entryPath: '/nosuch.ts' }), {
    code: 'unavailable',
    hint: `See ${runDirectory}/monitor.log.`,
  })
})

test('a directory that is no container is removed, and no harm is done', async () => {
  await mkdir(join(fixture.runDirectory, 'containers/stray'))
  await killMonitor()
  assert.deepEqual(readdirSync(join(fixture.runDirectory, 'containers')), [])
})
