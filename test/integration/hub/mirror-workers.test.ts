import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readlink } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { Digester, type Digest } from '@berth/oci'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { RegistryRequests } from '../../conformance/registry/registry-requests.ts'
import { pausing } from '../../fixtures/faults.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { startProgram } from './hub-program.ts'

const bytes = randomBytes(8 * 1024 * 1024)

interface MirrorWorkers {
  upstream: TestHub
  /** Where the mirror keeps what is being written to. */
  locks: string
  digest: Digest
  url: string
  asked: () => string[]
  /** Lets the second half of the blob come. */
  goOn: () => void
}

/** The program with two workers before a registry that sends half of one blob, and then waits to be told. */
async function startMirrorWorkers(stack: AsyncDisposableStack): Promise<MirrorWorkers> {
  const data = await temporaryDirectory(stack)
  const upstream = stack.use(await startHub())
  const digest = await new RegistryRequests(upstream.url).pushBlob('a/b', bytes)
  const { promise, resolve: goOn } = Promise.withResolvers<void>()
  stack.use(upstream.inject({ path: digest, fault: pausing(promise) }))
  const { url } = await startProgram(stack, data, ['--workers', '2', '--upstream', `up=${upstream.url}`])
  const asked = () =>
    upstream.requests
      .filter(({ method, path }) => method === 'GET' && path.endsWith(digest))
      .map(({ headers }) => String(headers['range'] ?? 'all'))
  return {
    upstream,
    locks: join(data, 'registry/locks'),
    digest,
    url: `${url}/v2/up/a/b/blobs/${digest}`,
    asked,
    goOn,
  }
}

/** Begins a download on a connection of its own: those that come one after the other go to the workers in turn. */
async function begin(url: string): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage]
  assert.equal(response.statusCode, 200)
  return response
}

/** Downloads of ten clients, as what each gets. */
async function downloadAll(url: string): Promise<Promise<Digest>[]> {
  const downloads: Promise<Digest>[] = []
  for (let index = 0; index < 10; index++) {
    downloads.push(digestOfBody(await begin(url)))
    downloads.at(-1)?.catch(() => {})
  }
  return downloads
}

async function digestOfBody(response: IncomingMessage): Promise<Digest> {
  const digester = new Digester()
  for await (const chunk of response) digester.update(chunk as Uint8Array)
  return digester.digest()
}

/** The process that downloads. */
async function downloader(locks: string): Promise<number> {
  const [name] = (await readdir(locks)).filter((lock) => lock.startsWith('mirror-'))
  return Number.parseInt(await readlink(join(locks, name ?? assert.fail('nobody downloads'))), 10)
}

test('herd: ten clients of two workers that want one cold blob get it, and upstream sends it once', async () => {
  await using stack = new AsyncDisposableStack()
  const { url, digest, asked, goOn } = await startMirrorWorkers(stack)
  const downloads = await downloadAll(url)
  goOn()
  assert.deepEqual(new Set(await Promise.all(downloads)), new Set([digest]))
  assert.deepEqual(asked(), ['all'])
})

test('a worker that dies in the middle of a download is followed by the other, from where it was', async () => {
  await using stack = new AsyncDisposableStack()
  const { url, digest, asked, locks, goOn } = await startMirrorWorkers(stack)
  const downloads = await downloadAll(url)
  process.kill(await downloader(locks), 'SIGKILL')
  goOn()
  const results = await Promise.allSettled(downloads)
  const whole = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value)
  assert.ok(whole.length > 0 && whole.length < 10, 'the clients of the other worker have it')
  assert.deepEqual(new Set(whole), new Set([digest]))
  const [first, second, ...more] = asked()
  assert.deepEqual([first, more], ['all', []])
  assert.match(second ?? '', /^bytes=[1-9]\d*-$/)
  assert.equal(await digestOfBody(await begin(url)), digest)
})
