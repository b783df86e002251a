import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { CodedError, silentLogger } from '@berth/stdx'
import { hijack } from './reply.ts'
import { route, type Route } from './route.ts'
import { createServer } from './server.ts'

const directory = mkdtempSync(join(tmpdir(), 'berthd-hijack-'))
after(() => rmSync(directory, { recursive: true }))
let sockets = 0

async function serve(routes: Route[]) {
  const path = join(directory, `${++sockets}.sock`)
  const server = createServer({ routes, logger: silentLogger, version: '0.1.0' })
  await server.listen([{ kind: 'unix', path }], { group: { name: 'root', isRequired: true } })
  return { path, server, [Symbol.asyncDispose]: () => server.close({ graceMs: 0 }) }
}

/** Reads a JSON body, then says back what it reads, and how it was called when the input has ended. */
const echo = route('POST', '/exec/{id}/start', async ({ optionalJson, isUpgrade }) => {
  const body = JSON.stringify(await optionalJson())
  return hijack(async ({ input, write }) => {
    for await (const chunk of input) await write(Buffer.from(`<${Buffer.from(chunk).toString()}>`))
    await write(Buffer.from(`end ${body} ${isUpgrade}`))
  })
})

const jsonBody = '{"Tty":true}'
const head = (isUpgrade: boolean, extra = '') =>
  `POST /v1.41/exec/1/start HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${isUpgrade ? 'Connection: Upgrade\r\nUpgrade: tcp\r\n' : ''}${extra}\r\n`
const fixed = `Content-Length: ${jsonBody.length}\r\n`

class Client {
  readonly socket: Socket
  received = ''
  #changed: (() => void) | undefined

  constructor(path: string) {
    this.socket = connect({ path, allowHalfOpen: true })
    this.socket.on('data', (chunk) => {
      this.received += chunk.toString()
      this.#changed?.()
    })
    this.socket.on('error', () => {})
  }

  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.received)) await new Promise<void>((resolve) => (this.#changed = resolve))
  }

  async end(): Promise<string> {
    const ended = new Promise((resolve) => this.socket.once('end', resolve))
    this.socket.end()
    await ended
    return this.received
  }
}

for (const isUpgrade of [true, false]) {
  const kind = isUpgrade ? 'with Upgrade' : 'without Upgrade'
  const status = isUpgrade ? /^HTTP\/1\.1 101 UPGRADED\r\n/ : /^HTTP\/1\.1 200 OK\r\n/

  test(`hijack() ${kind} relays both ways, and writes on after the client closed its half`, async () => {
    await using api = await serve([echo])
    const client = new Client(api.path)
    client.socket.write(head(isUpgrade, fixed) + jsonBody)
    await client.until(/\r\n\r\n/)
    client.socket.write('GET / HTTP/1.1\r\n\r\n')
    await client.until(/GET/)
    const all = await client.end()
    assert.match(all, status)
    assert.match(all, /Content-Type: application\/vnd\.docker\.raw-stream\r\n/)
    assert.match(all, /Api-Version: /i)
    assert.equal(/Upgrade: tcp/.test(all), isUpgrade)
    assert.equal(
      all.split('\r\n\r\n').slice(1).join('\r\n\r\n'),
      `<GET / HTTP/1.1\r\n\r\n>end ${jsonBody} ${isUpgrade}`,
    )
  })

  test(`hijack() ${kind} keeps what was typed ahead, in the packet of the request`, async () => {
    await using api = await serve([echo])
    const client = new Client(api.path)
    client.socket.write(`${head(isUpgrade, fixed) + jsonBody}ahead\n`)
    await client.until(/<ahead\n>/)
    client.socket.write('more')
    await client.until(/<more>/)
    assert.match(await client.end(), /end \{"Tty":true\}/)
  })

  test(`hijack() ${kind} leaves errors before it an ordinary answer`, async () => {
    await using api = await serve([
      route('POST', '/exec/{id}/start', () => {
        throw new CodedError('conflict', 'container is not running')
      }),
    ])
    const client = new Client(api.path)
    client.socket.write(head(isUpgrade, 'Content-Length: 0\r\n'))
    await client.until(/container is not running/)
    assert.match(client.received, /^HTTP\/1\.1 409 Conflict\r\n/)
    assert.match(await client.end(), /\{"message":"container is not running"\}\n/)
  })

  test(`hijack() ${kind} aborts its signal when the client is gone`, async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<void>()
    await using api = await serve([
      route('POST', '/exec/{id}/start', ({ signal }) =>
        hijack(async ({ write }) => {
          signal.addEventListener('abort', () => resolve())
          for (;;) await write(Buffer.alloc(100_000))
        }),
      ),
    ])
    const client = new Client(api.path)
    client.socket.write(head(isUpgrade, 'Content-Length: 0\r\n'))
    await client.until(/\r\n\r\n/)
    client.socket.destroy()
    await aborted
  })
}

test('hijack() with Upgrade reads a chunked body and one that comes late before the input', async () => {
  await using api = await serve([echo])
  const client = new Client(api.path)
  client.socket.write(`${head(true, 'Transfer-Encoding: chunked\r\n')}5\r\n{"Tty\r\n`)
  await new Promise((resolve) => setTimeout(resolve, 30))
  client.socket.write('7\r\n":true}\r\n0\r\n\r\ninput')
  await client.until(/<input>/)
  assert.match(await client.end(), /end \{"Tty":true\} true$/)
})

test('an Upgrade to something else is answered as if it were not there', async () => {
  await using api = await serve([])
  const client = new Client(api.path)
  client.socket.write(
    'GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n',
  )
  await client.until(/OK$/)
  assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n/)
  await client.end()
})

test('an Upgrade on a route that does not take over gets its ordinary answer', async () => {
  await using api = await serve([])
  const client = new Client(api.path)
  client.socket.write('GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n')
  await client.until(/OK$/)
  assert.match(await client.end(), /^HTTP\/1\.1 200 OK\r\n[^]*Connection: close/)
})

test('what is no HTTP is refused', async () => {
  await using api = await serve([])
  const client = new Client(api.path)
  client.socket.write('hello there\r\n\r\n')
  await client.until(/400 Bad Request/)
  await client.end()
})
