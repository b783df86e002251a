import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { digestOf } from '@berth/oci'
import { eventually, temporaryDirectory } from '@berth/stdx/testsuite'
import { RegistryRequests, withDigest } from '../../conformance/registry/registry-requests.ts'
import { startProgram, startServing } from './hub-program.ts'

/** Processes that a process has started. */
async function childrenOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`)
  const lists = await Promise.all(tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8')))
  return lists.join(' ').split(' ').filter(Boolean).map(Number)
}

/** One request on a connection of its own, so that any worker may get it. */
async function sendAlone(
  url: URL,
  {
    method,
    body = Buffer.alloc(0),
    headers = {},
  }: { method: string; body?: Buffer; headers?: Record<string, string> },
) {
  const request = httpRequest(url, {
    method,
    agent: false,
    headers: { ...headers, 'Content-Length': body.length },
  })
  request.end(body)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  return response
}

test('berth-hub with several workers: one upload over many connections; a worker that dies is replaced; SIGTERM drains', async () => {
  await using stack = new AsyncDisposableStack()
  const data = await temporaryDirectory(stack)
  const { child, url } = await startProgram(stack, data, ['--workers', '3'])
  const pid = child.pid ?? assert.fail()
  const workers = await childrenOf(pid)
  assert.equal(workers.length, 3)

  const bytes = randomBytes(900_000)
  const path = await new RegistryRequests(url).beginUpload('many/workers')
  for (let start = 0; start < bytes.length; start += 100_000) {
    const headers = { 'Content-Range': `${start}-${start + 99_999}` }
    const response = await sendAlone(new URL(path, url), {
      method: 'PATCH',
      body: bytes.subarray(start, start + 100_000),
      headers,
    })
    assert.equal(response.statusCode, 202)
  }
  const digest = digestOf(bytes)
  const put = await sendAlone(new URL(withDigest(path, digest), url), {
    method: 'PUT',
    body: Buffer.alloc(0),
  })
  assert.equal(put.statusCode, 201)
  await new RegistryRequests(url).send('GET', `/v2/many/workers/blobs/${digest}`, { status: 200 })

  process.kill(workers[0] ?? assert.fail(), 'SIGKILL')
  await eventually(async () => {
    const now = await childrenOf(pid)
    assert.equal(now.length, 3)
    assert.ok(!now.includes(workers[0] ?? 0))
  })

  const slowPath = await new RegistryRequests(url).beginUpload('many/workers')
  const slow = httpRequest(new URL(slowPath, url), {
    method: 'PATCH',
    agent: false,
    headers: { 'Content-Length': 4 },
  })
  const answered = once(slow, 'response')
  slow.write('ab')
  await eventually(async () => {
    const status = await new RegistryRequests(url).send('GET', slowPath, { status: 204 })
    assert.equal(status.headers.get('range'), '0-1')
  })
  child.kill('SIGTERM')
  slow.end('cd')
  const [response] = (await answered) as [IncomingMessage]
  response.resume()
  assert.equal(response.statusCode, 202)
  assert.deepEqual(await once(child, 'exit'), [0, null])
})

test('berth-hub with several workers has one limit, whichever of them answers', async () => {
  await using stack = new AsyncDisposableStack()
  const flags = ['--workers', '3', '--api-limit', '7']
  const { url } = await startServing(stack, await temporaryDirectory(stack), flags)
  const answers = []
  for (let index = 0; index < 10; index++)
    answers.push(await sendAlone(new URL('/v2/search/repositories?query=a', url), { method: 'GET' }))
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode),
    [...Array(7).fill(200), ...Array(3).fill(429)],
  )
  assert.deepEqual(
    answers.slice(0, 7).map(({ headers }) => headers['x-ratelimit-remaining']),
    ['6', '5', '4', '3', '2', '1', '0'],
  )
})
