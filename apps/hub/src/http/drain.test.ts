import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { prepareDrain } from './drain.ts'

/** A server and a client that keeps its connection. */
async function startPair(listener: RequestListener) {
  const server = createServer({ keepAliveTimeout: 60_000 }, listener)
  const drain = prepareDrain(server, { isTls: false })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const begin = async () => {
    const sent = request({ host: '127.0.0.1', port, agent }).end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return { response, isReused: sent.reusedSocket }
  }
  return { drain, begin }
}

const read = async (response: IncomingMessage) => Buffer.concat(await response.toArray()).toString()

test('prepareDrain() answers who uses a kept connection just then, and says that it is the last time', async () => {
  const { drain, begin } = await startPair((_, response) => void response.end('whole'))
  const first = await begin()
  assert.equal(await read(first.response), 'whole')
  assert.equal(first.response.headers.connection, 'keep-alive')
  const drained = drain()
  const { response, isReused } = await begin()
  assert.deepEqual([await read(response), response.headers.connection, isReused], ['whole', 'close', true])
  await drained
  await assert.rejects(begin(), { code: 'ECONNREFUSED' })
})

test('prepareDrain() lets answers end, and takes the request after one whose head was out', async () => {
  const finish: (() => void)[] = []
  const { drain, begin } = await startPair((_, response) => {
    response.write('be')
    finish.push(() => response.end('gun'))
  })
  const first = await begin()
  const drained = drain()
  const text = read(first.response)
  finish[0]?.()
  assert.equal(await text, 'begun')
  const { response } = await begin()
  assert.equal(response.headers.connection, 'close')
  finish[1]?.()
  assert.equal(await read(response), 'begun')
  await drained
})

test('prepareDrain() ends connections on which nothing comes, soon', { timeout: 10_000 }, async () => {
  const { drain, begin } = await startPair((_, response) => void response.end('whole'))
  await read((await begin()).response)
  await drain()
})
