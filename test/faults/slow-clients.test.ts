import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { digestOf } from '@berth/oci'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { RegistryRequests } from '../conformance/registry/registry-requests.ts'
import { startProgram } from '../integration/hub/hub-program.ts'

const idleConnections = 10_000
const perAddress = 500
const pulls = 100

/** Connections of this process and of the server's workers count against one limit each. */
async function connectionsThatFit(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8')
  const files = Number(/^Max open files\s+\d+\s+(\d+)/m.exec(limits)?.[1])
  return Math.min(idleConnections, Math.floor((files - 500) / 2))
}

/** Opens connections from many addresses that say nothing, or begin a request and never end it. */
async function openSilent(stack: AsyncDisposableStack, port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = []
  stack.defer(() => {
    for (const socket of sockets) socket.destroy()
  })
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(200, count - sockets.length) }, (_, index) => {
      const localAddress = `127.0.1.${1 + Math.floor((sockets.length + index) / perAddress)}`
      return connect({ port, host: '127.0.0.1', localAddress })
        .on('error', () => {})
        .resume()
    })
    await Promise.all(batch.map((socket) => once(socket, 'connect')))
    for (const socket of batch.filter((_, index) => index % 2 === 0))
      socket.write('GET /v2/ HTTP/1.1\r\nHost: x\r\nX-Slow: ')
    sockets.push(...batch)
  }
  return sockets
}

test('ten thousand clients that send nothing, or headers without end, do not touch a hundred that pull', async (t) => {
  await using stack = new AsyncDisposableStack()
  const data = await temporaryDirectory(stack)
  const { url } = await startProgram(stack, data)
  const requests = new RegistryRequests(url)
  const bytes = randomBytes(200_000)
  const { digest: manifest } = await requests.pushImage('slow/app', 'latest')
  const digest = await requests.pushBlob('slow/app', bytes)
  const silent = await openSilent(stack, Number(new URL(url).port), await connectionsThatFit())
  const drip = setInterval(() => silent.forEach((socket, index) => index % 2 || socket.write('x')), 1000)
  stack.defer(() => clearInterval(drip))
  const startedAt = performance.now()
  for (let index = 0; index < pulls; index++) {
    const pulled = await requests.send('GET', `/v2/slow/app/manifests/${manifest}`, { status: 200 })
    await pulled.arrayBuffer()
    const blob = await requests.send('GET', `/v2/slow/app/blobs/${digest}`, { status: 200 })
    assert.equal(digestOf(Buffer.from(await blob.arrayBuffer())), digest)
  }
  const tookMs = performance.now() - startedAt
  t.diagnostic(`${silent.length} silent connections; ${pulls} pulls in ${Math.round(tookMs)} ms`)
  assert.ok(tookMs < 30_000)
  await Promise.all(silent.map(closed))
})

/** The server ends it, with a reset where it has not read all. */
async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
}
