import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { open, truncate } from 'node:fs/promises'
import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import { request as requestTls, type RequestOptions } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { CodedError, silentLogger } from '@berth/stdx'
import { eventually } from '@berth/stdx/testsuite'
import { parted } from './reply.ts'
import { route } from './route.ts'
import type { PartedBody } from './send-parts.ts'
import { createServer } from './server.ts'

const directory = mkdtempSync(join(tmpdir(), 'berthd-parts-'))
after(() => rmSync(directory, { recursive: true }))
const group = { name: 'root', isRequired: true }

const content = randomBytes(5 * 1024 * 1024 + 77)
const filePath = join(directory, 'file')
writeFileSync(filePath, content)
const whole = Buffer.concat([Buffer.from('before'), content, Buffer.from('between'), content])

function body({ path = filePath, onDispose = () => {} } = {}): PartedBody {
  async function* parts() {
    for (const text of ['before', 'between']) {
      yield Buffer.from(text)
      await using file = await open(path)
      yield { file, sizeBytes: content.length }
    }
  }
  return { sizeBytes: whole.length, parts: parts(), [Symbol.asyncDispose]: async () => onDispose() }
}

async function serve(give: () => Promise<PartedBody>) {
  const routes = [route('GET', '/archive', () => parted(give))]
  const server = createServer({ routes, logger: silentLogger, version: '0.1.0' })
  return { server, [Symbol.asyncDispose]: () => server.close({ graceMs: 0 }) }
}

async function serveOnUnix(give: () => Promise<PartedBody>) {
  const socketPath = join(directory, `${randomBytes(4).toString('hex')}.sock`)
  const served = await serve(give)
  await served.server.listen([{ kind: 'unix', path: socketPath }], { group })
  return { socketPath, ...served }
}

async function serveOnTls(give: () => Promise<PartedBody>) {
  const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  const command = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost'
  const files = ['-keyout', keyFile, '-out', certFile]
  execFileSync('openssl', [...command.split(' '), ...files], { stdio: 'ignore' })
  const served = await serve(give)
  const tls = { keyFile, certFile, caFile: certFile, isVerified: false }
  await served.server.listen([{ kind: 'tcp', host: '127.0.0.1', port: 0 }], { group, tls })
  const port = Number(new URL(served.server.addresses[0] ?? '').port)
  return { host: '127.0.0.1', port, rejectUnauthorized: false, ...served }
}

async function fetchArchive(
  options: RequestOptions,
  start: (
    options: RequestOptions,
    onResponse: (response: IncomingMessage) => void,
  ) => ClientRequest = request,
) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number
    length: string
    bytes: Buffer
  }>()
  const outgoing = start({ ...options, path: '/archive', agent: false }, (response) => {
    const pieces: Buffer[] = []
    response.on('data', (piece: Buffer) => pieces.push(piece)).on('error', reject)
    const { statusCode: status = 0, headers } = response
    response.on('end', () =>
      resolve({ status, length: headers['content-length'] ?? '', bytes: Buffer.concat(pieces) }),
    )
  })
  outgoing.on('error', reject).end()
  return promise
}

const openFiles = () => readdirSync('/proc/self/fd').length

test('sendParts() sends bytes and files in order, with their length before', async () => {
  await using api = await serveOnUnix(async () => body())
  const { status, length, bytes } = await fetchArchive(api)
  assert.deepEqual([status, length], [200, String(whole.length)])
  assert.ok(bytes.equals(whole))
})

test('sendParts() sends the same over TLS', async () => {
  await using api = await serveOnTls(async () => body())
  const { bytes } = await fetchArchive(api, requestTls)
  assert.ok(bytes.equals(whole))
})

test('sendParts() cuts the connection when a file ends too early', async () => {
  const path = join(directory, 'short')
  writeFileSync(path, content)
  await truncate(path, content.length - 1)
  await using api = await serveOnUnix(async () => body({ path }))
  await using apiOnTls = await serveOnTls(async () => body({ path }))
  const cut = /aborted|hang up|ECONNRESET/
  await assert.rejects(fetchArchive(api), cut)
  await assert.rejects(fetchArchive(apiOnTls, requestTls), cut)
})

test('parted() tells by status what cannot be opened', async () => {
  await using api = await serveOnUnix(async () => {
    throw new CodedError('not-found', 'No such image: x:latest')
  })
  const { status, bytes } = await fetchArchive(api)
  assert.deepEqual([status, bytes.toString()], [404, '{"message":"No such image: x:latest"}\n'])
})

test('sendParts() lets go of files and body when the client leaves', async () => {
  const { promise: disposed, resolve: onDispose } = Promise.withResolvers<void>()
  await using api = await serveOnUnix(async () => body({ onDispose }))
  const before = openFiles()
  const outgoing = request({ ...api, path: '/archive', agent: false }, (response) => {
    response.on('error', () => {})
    response.once('data', () => outgoing.destroy())
  })
  outgoing.on('error', () => {}).end()
  await disposed
  await eventually(() => assert.equal(openFiles(), before))
})
