import { linuxKernel as kernel, recordingKernel } from '@berth/syscalls'
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { lookup } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openSandboxes } from './sandboxes.ts'

const runDirectory = mkdtempSync(join(tmpdir(), 'berth-sandboxes-'))
const sandboxes = openSandboxes({ runDirectory, kernel })

after(async () => {
  for (const id of await sandboxes.list()) await sandboxes.delete(id)
  rmSync(runDirectory, { recursive: true })
})

const countMounts = () => readFileSync('/proc/mounts', 'utf8').split(runDirectory).length - 1

test('create() makes a namespace of its own with loopback up, once', async () => {
  const path = await sandboxes.create('one')
  assert.equal(sandboxes.pathOf('one'), path)
  const identity = () =>
    execFileSync('nsenter', [`--net=${path}`, 'readlink', '/proc/self/ns/net'], { encoding: 'utf8' })
  const first = identity()
  assert.notEqual(first.trim(), readlinkSync('/proc/self/ns/net'))
  assert.match(
    execFileSync('nsenter', [`--net=${path}`, 'ip', 'link'], { encoding: 'utf8' }),
    /lo: <LOOPBACK,UP/,
  )
  assert.equal(await sandboxes.create('one'), path)
  assert.equal(identity(), first)
  assert.equal(countMounts(), 1)
})

test('delete() leaves nothing, and may be called again', async () => {
  await sandboxes.create('two')
  assert.ok((await sandboxes.list()).includes('two'))
  await sandboxes.delete('two')
  await sandboxes.delete('two')
  assert.ok(!(await sandboxes.list()).includes('two'))
  assert.ok(!readFileSync('/proc/mounts', 'utf8').includes(`${runDirectory}/netns/two`))
})

test('create() leaves every thread of the process where it was, whatever runs beside it', async () => {
  const before = readlinkSync('/proc/self/ns/net')
  const ids = Array.from({ length: 8 }, (_, index) => `busy-${index}`)
  await Promise.all(
    ids.flatMap((id) => [sandboxes.create(id), readFile('/proc/self/status'), lookup('localhost')]),
  )
  const threads = readdirSync('/proc/self/task')
  assert.ok(threads.length > 4)
  for (const thread of threads) assert.equal(readlinkSync(`/proc/self/task/${thread}/ns/net`), before)
  await Promise.all(ids.map((id) => sandboxes.delete(id)))
})

test('create() leaves nothing when the mount fails', async () => {
  const failing = openSandboxes({
    runDirectory,
    kernel: {
      ...kernel,
      mount() {
        throw new Error('no mount')
      },
    },
  })
  const before = readlinkSync('/proc/thread-self/ns/net')
  await assert.rejects(failing.create('unmounted'), /no mount/)
  assert.ok(!(await failing.list()).includes('unmounted'))
  assert.equal(readlinkSync('/proc/thread-self/ns/net'), before)
})

test('create() refuses names that are paths', async () => {
  for (const id of ['', '.', '..', '../x', 'a/b', '-x']) {
    await assert.rejects(sandboxes.create(id), { code: 'invalid-argument' }, id)
    assert.throws(() => sandboxes.pathOf(id), { code: 'invalid-argument' }, id)
  }
})

test('a process that cannot come back from a sandbox aborts', () => {
  const script = `
    import { insideNamespace } from ${JSON.stringify(join(import.meta.dirname, 'namespace.ts'))}
    const kernel = { setNamespace() { throw new Error('no way back') } }
    insideNamespace(kernel, () => {}, () => {})
    console.log('still here')`
  const { signal, stdout, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -c 0; exec "$0" --input-type=module -e "$1"', process.execPath, script],
    { encoding: 'utf8' },
  )
  assert.equal(signal, 'SIGABRT')
  assert.equal(stdout, '')
  assert.match(stderr, /Cannot return to the host's network namespace: Error: no way back/)
})

test('create() asks the kernel for the namespace, the mount and the way back, in this order', async () => {
  const recording = recordingKernel({ openNetlinkSocket: kernel.openNetlinkSocket })
  await openSandboxes({ runDirectory, kernel: recording }).create('recorded')
  assert.deepEqual(
    recording.calls.map(([name]) => name),
    ['unshare', 'mount', 'openNetlinkSocket', 'setNamespace'],
  )
})
