import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { RegistryRequests } from '../conformance/registry/registry-requests.ts'
import { mountDisk, type Disk } from '../fixtures/disk.ts'
import { failSyncs } from '../fixtures/fail-syncs.ts'
import { startProgram } from '../integration/hub/hub-program.ts'

const cuts = 6
const lanes = 6
/** What the kernel has begun to write when the registry stands still is written by then. */
const settleMs = 20
const dataOn = (disk: Disk) => join(disk.directory, 'data')

/** An image that the registry has said it has. */
interface Kept {
  repository: string
  digest: string
}

/** Nothing goes to the disk by itself: what nobody synced is lost. */
function mountLazyDisk(): Promise<Disk> {
  return mountDisk({ parent: '/dev/shm', sizeMebibytes: 256, mountOptions: ['commit=600'] })
}

/** Pushes images until it is aborted, and notes those that were acknowledged. */
async function pushImages(
  url: string,
  { prefix, kept, signal }: { prefix: string; kept: Kept[]; signal: AbortSignal },
): Promise<void> {
  const requests = new RegistryRequests(url)
  const run = async (_: unknown, lane: number) => {
    for (let index = 0; !signal.aborted; index++) {
      const repository = `${prefix}/lane-${lane}-${index}`
      kept.push({ repository, ...(await requests.pushImage(repository, 'latest')) })
    }
  }
  await Promise.all(Array.from({ length: lanes }, run))
}

/** Stops the registry at some moment while images are pushed, and takes what is on the disk then. */
async function cutDuringPushes(
  disk: Disk,
  { url, processes, prefix }: { url: string; processes: readonly number[]; prefix: string },
): Promise<{ cut: Disk; kept: readonly Kept[] }> {
  const stop = new AbortController()
  const kept: Kept[] = []
  const pushing = pushImages(url, { prefix, kept, signal: stop.signal })
  try {
    await sleep(200 + Math.random() * 400)
    const acknowledged = [...kept]
    for (const pid of processes) process.kill(pid, 'SIGSTOP')
    await sleep(settleMs)
    return { cut: await disk.cut(), kept: acknowledged }
  } finally {
    for (const pid of processes) process.kill(pid, 'SIGCONT')
    stop.abort()
    await pushing
  }
}

async function checkKept(disk: Disk, kept: readonly Kept[]): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const { url } = await startProgram(stack, dataOn(disk), ['--workers', '1'])
  const requests = new RegistryRequests(url)
  for (const { repository, digest } of kept) {
    const response = await requests.send('GET', `/v2/${repository}/manifests/latest`, { status: 200 })
    assert.equal(response.headers.get('docker-content-digest'), digest)
    const { layers } = (await response.json()) as { layers: { digest: string }[] }
    for (const layer of layers) {
      const blob = await requests.send('GET', `/v2/${repository}/blobs/${layer.digest}`, { status: 200 })
      await blob.arrayBuffer()
    }
  }
}

/** With its workers, so that nothing uses the disk any more. */
async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

async function listProcesses(pid: number): Promise<number[]> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean)
  return [pid, ...children.map(Number)]
}

test('R3: after a power cut the registry has every image that it has acknowledged', async (context) => {
  await using stack = new AsyncDisposableStack()
  const disk = stack.use(await mountLazyDisk())
  const { child, url } = await startProgram(stack, dataOn(disk), ['--workers', '2'])
  stack.defer(() => end(child))
  const processes = await listProcesses(child.pid ?? assert.fail())
  const kept: Kept[] = []
  for (let round = 0; round < cuts; round++) {
    const taken = await cutDuringPushes(disk, { url, processes, prefix: `cut/round-${round}` })
    await using cut = taken.cut
    kept.push(...taken.kept)
    await checkKept(cut, kept)
  }
  context.diagnostic(`${kept.length} images, ${cuts} cuts`)
  assert.ok(kept.length > cuts)
})

test('R7: a log that the disk does not take is told as 503, and what is acknowledged afterwards outlives a power cut', async () => {
  await using stack = new AsyncDisposableStack()
  const disk = stack.use(await mountLazyDisk())
  const { child, url } = await startProgram(stack, dataOn(disk), ['--workers', '1'])
  const requests = new RegistryRequests(url)
  const pushed = async (repository: string) => ({
    repository,
    ...(await requests.pushImage(repository, 'latest')),
  })
  const before = await pushed('log/before')
  {
    await using _ = await failSyncs(child.pid ?? assert.fail(), { calls: 'fdatasync' })
    await assert.rejects(pushed('log/meanwhile'), /: 503 /)
  }
  const after = [await pushed('log/meanwhile'), await pushed('log/after')]
  process.kill(child.pid ?? assert.fail(), 'SIGSTOP')
  await sleep(settleMs)
  const cut = stack.use(await disk.cut().finally(() => process.kill(child.pid ?? 0, 'SIGCONT')))
  await checkKept(cut, [before, ...after])
})
