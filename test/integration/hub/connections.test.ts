import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { createRegistryHttpServer, type ConnectionLimits } from '@berth/registry-server'
import { eventually, listenOnLoopback } from '@berth/stdx/testsuite'

async function startLimited(
  stack: AsyncDisposableStack,
  limits: ConnectionLimits,
): Promise<{ open: (address: string) => Socket }> {
  const server = createRegistryHttpServer((_, response) => void response.end('ok'), undefined, limits)
  const { port } = stack.use(await listenOnLoopback(server))
  return {
    open(localAddress) {
      const socket = connect({ port, host: '127.0.0.1', localAddress })
      socket.on('error', () => {})
      stack.defer(() => void socket.destroy())
      return socket
    },
  }
}

/** What comes back until the connection ends, or `end` is in it. */
async function ask(socket: Socket, text: string, end = 'ok'): Promise<string> {
  socket.write(text)
  let answer = ''
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    answer += String(chunk)
    if (answer.endsWith(end)) break
  }
  return answer
}

/** As `ask` for what is refused: what was not read when the connection ended can take the answer with it. */
function askInVain(socket: Socket, text: string): Promise<string> {
  return ask(socket, text, 'never').catch((error: Error) => error.message)
}

const plain = 'GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n'

test('one address has so many connections and no more; the others do not feel it, and one that ends makes room', async () => {
  await using stack = new AsyncDisposableStack()
  const { open } = await startLimited(stack, { perAddressMax: 3 })
  const greedy = [open('127.0.0.2'), open('127.0.0.2'), open('127.0.0.2')] as const
  for (const socket of greedy) assert.match(await ask(socket, plain), /^HTTP\/1\.1 200/)
  const fourth = open('127.0.0.2')
  await once(fourth, 'close')
  assert.match(await ask(open('127.0.0.1'), plain), /^HTTP\/1\.1 200/)
  greedy[0].destroy()
  await eventually(async () => assert.match(await ask(open('127.0.0.2'), plain), /^HTTP\/1\.1 200/))
  assert.match(await ask(greedy[1], plain), /^HTTP\/1\.1 200/)
})

test('headers that come a byte at a time end the connection, however steadily they come', async () => {
  await using stack = new AsyncDisposableStack()
  const { open } = await startLimited(stack, { headersMs: 400 })
  const socket = open('127.0.0.1')
  const drip = setInterval(() => socket.write('x'), 50)
  stack.defer(() => clearInterval(drip))
  socket.write('GET /v2/ HTTP/1.1\r\nHost: x\r\nX-Slow: ')
  const startedAt = performance.now()
  assert.match(await askInVain(socket, ''), /^HTTP\/1\.1 408|ECONNRESET|EPIPE/)
  assert.ok(performance.now() - startedAt < 5000)
})

test('headers without end are refused when they are too large, and a token of many scopes is not', async () => {
  await using stack = new AsyncDisposableStack()
  const { open } = await startLimited(stack, {})
  const withHeaders = (headers: string) => `GET /v2/ HTTP/1.1\r\nHost: x\r\n${headers}\r\n`
  const token = withHeaders(`Authorization: Bearer ${'x'.repeat(40_000)}\r\n`)
  assert.match(await ask(open('127.0.0.1'), token), /^HTTP\/1\.1 200/)
  const bombs = {
    'one large': withHeaders(`X-Bomb: ${'x'.repeat(100_000)}\r\n`),
    many: withHeaders(Array.from({ length: 20_000 }, (_, index) => `X-${index}: x\r\n`).join('')),
    'a long path': `GET /v2/${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  }
  for (const [name, bomb] of Object.entries(bombs)) {
    assert.match(await askInVain(open('127.0.0.1'), bomb), /^HTTP\/1\.1 431|ECONNRESET|EPIPE/, name)
  }
  assert.match(await ask(open('127.0.0.1'), plain), /^HTTP\/1\.1 200/)
})
