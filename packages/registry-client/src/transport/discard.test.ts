import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, createServer, get, type IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { listenOnLoopback } from '@berth/stdx/testsuite'
import { discard } from './discard.ts'

async function openServer(sentBytes: number, stack: AsyncDisposableStack) {
  const server = createServer((_request, response) => {
    response.writeHead(401, { 'Content-Length': 10 }).write(Buffer.alloc(sentBytes))
    if (sentBytes === 10) response.end()
  })
  const { url } = stack.use(await listenOnLoopback(server))
  const agent = new Agent({ keepAlive: true })
  stack.defer(() => agent.destroy())
  return async () => {
    const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage]
    return response
  }
}

test('discard() of a short body keeps the connection', async () => {
  await using stack = new AsyncDisposableStack()
  const ask = await openServer(10, stack)
  const first = await ask()
  const { localPort } = first.socket
  discard(first)
  await once(first, 'close')
  assert.equal((await ask()).socket.localPort, localPort)
})

test('discard() does not wait for ever for a body that does not come', async ({ mock }) => {
  await using stack = new AsyncDisposableStack()
  const ask = await openServer(5, stack)
  const response = await ask()
  mock.timers.enable({ apis: ['setTimeout'] })
  discard(response)
  mock.timers.tick(4_999)
  assert.equal(response.destroyed, false)
  mock.timers.tick(1)
  assert.equal(response.destroyed, true)
})
