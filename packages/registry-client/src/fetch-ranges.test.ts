import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { digestOf } from '@berth/oci'
import { listenOnLoopback } from '@berth/stdx/testsuite'
import { openRegistryClient } from './registry-client.ts'
import { descriptorOf, referenceTo } from './testsuite/fake-registry.ts'

const blob = randomBytes(44 * 1024 * 1024)
const pieceBytes = 1024 * 1024

/** Gives each connection its share: some 100 MB a second. */
async function openSlowServer(answer?: (range: string, response: ServerResponse) => boolean) {
  const ranges: string[] = []
  let open = 0
  let openMax = 0
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const range = request.headers.range ?? ''
    ranges.push(range)
    if (answer?.(range, response)) return
    const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? []
    const first = Number(from)
    const last = to === '' ? blob.length - 1 : Number(to)
    const headers = { 'Content-Length': last + 1 - first }
    const asked = range === '' ? {} : { 'Content-Range': `bytes ${first}-${last}/${blob.length}` }
    response.writeHead(range === '' ? 200 : 206, { ...headers, ...asked })
    openMax = Math.max(openMax, ++open)
    for (let at = first; at <= last && !response.destroyed; at += pieceBytes) {
      response.write(blob.subarray(at, Math.min(at + pieceBytes, last + 1)))
      await sleep(10)
    }
    open--
    response.end()
  }
  const server = createServer((request, response) => void serve(request, response))
  const listening = await listenOnLoopback(server)
  return {
    host: listening.address,
    ranges,
    openMax: () => openMax,
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  }
}

async function fetchAll(host: string, patienceMs: number) {
  await using client = openRegistryClient({ timeouts: { retryBaseMs: 1, patienceMs } })
  const hash = createHash('sha256')
  for await (const chunk of client.fetchBlob(referenceTo(host), descriptorOf(blob))) hash.update(chunk)
  return `sha256:${hash.digest('hex')}`
}

test('fetchBlob() takes several connections for a large blob that comes slowly', async () => {
  await using server = await openSlowServer()
  assert.equal(await fetchAll(server.host, 20), digestOf(blob))
  assert.equal(server.openMax() >= 4, true)
  assert.ok(server.ranges.length > 5)
})

test('fetchBlob() stays with one connection where that is fast enough', async () => {
  await using server = await openSlowServer()
  assert.equal(await fetchAll(server.host, 10_000), digestOf(blob))
  assert.deepEqual(server.ranges, [''])
})

for (const [what, answer] of [
  ['ignores ranges', (response: ServerResponse) => void response.writeHead(200).end(blob)],
  ['refuses more connections', (response: ServerResponse) => void response.writeHead(429).end()],
  [
    'gives other ranges',
    (response: ServerResponse) => void response.writeHead(206, { 'Content-Range': 'bytes 0-1/2' }).end('xx'),
  ],
] as const) {
  test(`fetchBlob() goes on with one connection when a server ${what}`, async () => {
    await using server = await openSlowServer((range, response) => {
      const isPart = /-\d+$/.test(range)
      if (isPart) answer(response)
      return isPart
    })
    assert.equal(await fetchAll(server.host, 20), digestOf(blob))
    assert.ok(server.ranges.some((range) => /^bytes=\d+-$/.test(range)))
  })
}
