import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile, readlink, truncate } from 'node:fs/promises'
import { Agent, get, type IncomingMessage } from 'node:http'
import { Agent as TlsAgent, get as getOverTls } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { digestHex, digestOf, type Digest } from '@berth/oci'
import type { OpenFileSender } from '@berth/stdx'
import { eventually, temporaryDirectory } from '@berth/stdx/testsuite'
import { linuxKernel } from '@berth/syscalls'
import { RegistryRequests } from '../../conformance/registry/registry-requests.ts'
import { serveRegistry } from './served-registry.ts'

const run = promisify(execFile)
const bytes = randomBytes(24_000_000)

/** Sends from files to sockets, and counts what went that way. */
function countingSender(): { openFileSender: OpenFileSender; sent: { bytes: number } } {
  const sent = { bytes: 0 }
  const openFileSender: OpenFileSender = (socket) => {
    const sender = linuxKernel.openFileSender(socket)
    return {
      async send(file, range) {
        const taken = await sender.send(file, range)
        sent.bytes += taken
        return taken
      },
      [Symbol.dispose]: () => sender[Symbol.dispose](),
    }
  }
  return { openFileSender, sent }
}

/** A registry with one large blob. */
async function openLargeBlob(stack: AsyncDisposableStack) {
  const directory = await temporaryDirectory(stack)
  const { openFileSender, sent } = countingSender()
  const { url } = stack.use(await serveRegistry({ directory, openFileSender }))
  const digest = await new RegistryRequests(url).pushBlob('large/app', bytes)
  return { url, directory, digest, path: `/v2/large/app/blobs/${digest}`, sent }
}

/** For 127.0.0.1, signed by itself. */
async function makeCertificate(directory: string): Promise<{ cert: Buffer; key: Buffer }> {
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')]
  const kind = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=registry'
  const files = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert]
  await run('openssl', ['req', ...kind.split(' '), ...files])
  return { cert: await readFile(cert), key: await readFile(key) }
}

/** Everything that comes over a connection on which `text` was said, which ends with it. */
async function converse(url: string, text: string): Promise<Buffer> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(text)
  return Buffer.concat((await Array.fromAsync(socket)) as Buffer[])
}

/** Bodies of the answers in a conversation, which say their length. */
function bodiesOf(conversation: Buffer): Buffer[] {
  const bodies: Buffer[] = []
  for (let at = 0; at < conversation.length;) {
    const start = conversation.indexOf('\r\n\r\n', at) + 4
    const head = conversation.toString('latin1', at, start)
    at = start + Number(/content-length: (\d+)/i.exec(head)?.[1])
    bodies.push(conversation.subarray(start, at))
  }
  return bodies
}

test('large blobs: bytes past Node and the answers around them keep their order, also when asked for ahead', async () => {
  await using stack = new AsyncDisposableStack()
  const { url, path, sent } = await openLargeBlob(stack)
  const ask = (target: string, more = '') => `GET ${target} HTTP/1.1\r\nHost: x\r\n${more}\r\n`
  const range = 'Range: bytes=1000-9000999\r\n'
  const asked = [ask(path), ask('/v2/'), ask(path, range), ask(path), ask('/v2/', 'Connection: close\r\n')]
  const bodies = bodiesOf(await converse(url, asked.join('')))
  const wanted = [bytes, Buffer.from('{}'), bytes.subarray(1000, 9_001_000), bytes, Buffer.from('{}')]
  assert.deepEqual(
    bodies.map((body) => digestOf(body)),
    wanted.map((body) => digestOf(body)),
  )
  assert.ok(sent.bytes > bytes.length / 2)
})

test('large blobs: over TLS they go through Node, whole and by range, on one connection', async () => {
  await using stack = new AsyncDisposableStack()
  const { directory, path } = await openLargeBlob(stack)
  const { openFileSender, sent } = countingSender()
  const certificate = await makeCertificate(directory)
  const { url } = stack.use(await serveRegistry({ directory, openFileSender, certificate }))
  const agent = new TlsAgent({ keepAlive: true, maxSockets: 1, ca: certificate.cert })
  stack.defer(() => agent.destroy())
  const ranges = {
    '': bytes,
    'bytes=1000-9000999': bytes.subarray(1000, 9_001_000),
    'bytes=-5': bytes.subarray(-5),
  }
  for (const [range, wanted] of Object.entries(ranges)) {
    const headers = range === '' ? {} : { Range: range }
    const asked = getOverTls(url.replace('http:', 'https:') + path, { agent, headers })
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    assert.equal(response.statusCode, range === '' ? 200 : 206)
    assert.equal(digestOf(Buffer.concat((await Array.fromAsync(response)) as Buffer[])), digestOf(wanted))
  }
  assert.equal(sent.bytes, 0, 'nothing may get past the encryption')
})

test('large blobs: a connection serves one after the other, to a client that reads slowly too', async () => {
  await using stack = new AsyncDisposableStack()
  const { url, digest, path, sent } = await openLargeBlob(stack)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  stack.defer(() => agent.destroy())
  for (const delayMs of [0, 5, 0]) {
    const [response] = (await once(get(url + path, { agent }), 'response')) as [IncomingMessage]
    const chunks: Buffer[] = []
    for await (const chunk of response) {
      chunks.push(chunk as Buffer)
      if (delayMs > 0 && chunks.length % 8 === 0) await sleep(delayMs)
    }
    assert.equal(digestOf(Buffer.concat(chunks)), digest)
  }
  assert.equal(Object.values(agent.freeSockets).flat().length, 1)
  assert.ok(sent.bytes > bytes.length)
})

test('large blobs: clients that leave in the middle leave neither a file nor a socket', async () => {
  await using stack = new AsyncDisposableStack()
  const { url, digest, path } = await openLargeBlob(stack)
  const socketsBefore = await countOpen(/^socket:/)
  await Promise.all(
    Array.from({ length: 30 }, async (_, index) => {
      const request = get(url + path, { agent: false })
      request.on('error', () => {})
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      await once(response, 'data')
      await sleep(index)
      request.destroy()
    }),
  )
  await eventually(async () => {
    assert.equal(await countOpen(/\/blobs\/sha256\//), 0)
    assert.ok((await countOpen(/^socket:/)) <= socketsBefore)
  })
  const whole = await fetch(url + path)
  assert.equal(digestOf(Buffer.from(await whole.arrayBuffer())), digest)
})

test('large blobs: a file that has become shorter ends the connection, not the answer', async () => {
  await using stack = new AsyncDisposableStack()
  const { url, directory, digest, path } = await openLargeBlob(stack)
  await truncate(blobPath(directory, digest), 10_000_000)
  const response = await fetch(url + path)
  assert.equal(response.headers.get('content-length'), String(bytes.length))
  await assert.rejects(response.arrayBuffer())
})

function blobPath(directory: string, digest: Digest): string {
  const hex = digestHex(digest)
  return join(directory, 'blobs/sha256', hex.slice(0, 2), hex)
}

/** Descriptors of this process, which is server and client, by what they are. */
async function countOpen(pattern: RegExp): Promise<number> {
  const names = await readdir('/proc/self/fd')
  const targets = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')))
  return targets.filter((target) => pattern.test(target)).length
}
