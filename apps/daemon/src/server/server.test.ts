import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { createServer as createNetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { CodedError, silentLogger, type Logger } from '@berth/stdx'
import { eventually } from '@berth/stdx/testsuite'
import { jsonStream, status, stream } from './reply.ts'
import { route, since, type Route } from './route.ts'
import { createServer } from './server.ts'

const run = promisify(execFile)
const directory = mkdtempSync(join(tmpdir(), 'berthd-server-'))
after(() => rmSync(directory, { recursive: true }))
const group = { name: 'root', isRequired: true }
let sockets = 0

async function serve(routes: Route[], logger: Logger = silentLogger) {
  const path = join(directory, `${++sockets}.sock`)
  const server = createServer({ routes, logger, version: '0.1.0' })
  await server.listen([{ kind: 'unix', path }], { group })
  return { path, server, [Symbol.asyncDispose]: () => server.close({ graceMs: 0 }) }
}

interface Call {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string | Buffer
}

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  rawHeaders: string[]
  body: string
}

function call(socketPath: string, { body, ...options }: Call): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const outgoing = httpRequest({ socketPath, agent: false, ...options }, (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('error', reject)
    response.on('end', () => {
      const { statusCode = 0, headers, rawHeaders } = response
      resolve({ status: statusCode, headers, rawHeaders, body: Buffer.concat(chunks).toString() })
    })
  })
  outgoing.on('error', reject)
  outgoing.end(body)
  return promise
}

const echoRoutes: Route[] = [
  route('GET', '/containers/json', () => []),
  route('GET', '/containers/{id}/json', ({ params }) => ({ Id: params.id })),
  route('GET', '/images/json', () => ['list']),
  route('GET', '/images/{name:.*}/json', ({ params }) => ({ name: params.name })),
  route('GET', '/images/{name:.*}/history', ({ params }) => ['history', params.name]),
  route('DELETE', '/images/{name:.*}', ({ params }) => ['deleted', params.name]),
  route('GET', '/version-of-request', ({ apiVersion }) => apiVersion),
  since(
    '1.44',
    route('GET', '/new', () => ({})),
  ),
  route('POST', '/json', async ({ json }) => await json()),
  route('POST', '/maybe', async ({ optionalJson }) =>
    (await optionalJson()) === undefined ? 'none' : 'some',
  ),
  route('POST', '/small', async ({ json }) => await json({ limitBytes: 10 })),
]

test('the server finds routes with and without version, and image names with slashes', async () => {
  await using api = await serve(echoRoutes)
  const get = async (path: string) => JSON.parse((await call(api.path, { path })).body) as unknown
  assert.deepEqual(await get('/containers/json'), [])
  assert.deepEqual(await get('/v1.41/containers/abc/json'), { Id: 'abc' })
  assert.deepEqual(await get('/containers/%2Fname/json'), { Id: '/name' })
  assert.deepEqual(await get('/images/json'), ['list'])
  assert.deepEqual(await get('/v1.44/images/host:5000/a/b:tag@sha256:ab/json'), {
    name: 'host:5000/a/b:tag@sha256:ab',
  })
  assert.deepEqual(await get('/images/a%2Fb/history'), ['history', 'a/b'])
  const deleted = await call(api.path, { method: 'DELETE', path: '/images/library/json' })
  assert.deepEqual(JSON.parse(deleted.body), ['deleted', 'library/json'])
  assert.equal(await get('/version-of-request'), '1.51')
  assert.equal(await get('/v1.30/version-of-request'), '1.30')
})

test('replies carry the version headers as they are spelled, unknown paths none of them', async () => {
  await using api = await serve(echoRoutes)
  const { rawHeaders, headers, body } = await call(api.path, { path: '/containers/json' })
  for (const name of ['Api-Version', 'Docker-Experimental', 'Ostype', 'Server'])
    assert.ok(rawHeaders.includes(name), name)
  assert.equal(headers['content-type'], 'application/json')
  assert.equal(body, '[]\n')
  for (const path of ['/nope', '/v1.41/nope', '/v9.99/nope', '/images//json']) {
    const answer = await call(api.path, { path })
    assert.deepEqual([answer.status, answer.body], [404, '{"message":"page not found"}\n'], path)
    assert.equal(answer.headers['content-type'], 'application/json')
    assert.equal(answer.headers['api-version'], undefined)
  }
  const wrongMethod = await call(api.path, { method: 'PUT', path: '/containers/json' })
  assert.equal(wrongMethod.status, 404)
  assert.equal((await call(api.path, { method: 'OPTIONS', path: '/anything' })).status, 200)
})

test("versions that are not spoken are refused in Docker's words", async () => {
  await using api = await serve(echoRoutes)
  const newer = await call(api.path, { path: '/v1.99/containers/json' })
  assert.equal(newer.status, 400)
  assert.equal(newer.headers['api-version'], '1.51')
  assert.equal(
    newer.body,
    '{"message":"client version 1.99 is too new. Maximum supported API version is 1.51"}\n',
  )
  const older = await call(api.path, { path: '/v1.18/containers/json' })
  assert.equal(older.headers['content-type'], 'text/plain; charset=utf-8')
  assert.match(
    older.body,
    /^client version 1\.18 is too old\. Minimum supported API version is 1\.21, please upgrade/,
  )
  assert.equal((await call(api.path, { path: '/v1.21/containers/json' })).status, 200)
  assert.match(
    (await call(api.path, { path: '/v1.43/new' })).body,
    /GET \/new requires minimum API version 1\.44/,
  )
  assert.equal((await call(api.path, { path: '/new' })).status, 200)
})

test('/_ping answers GET and HEAD, versioned too', async () => {
  await using api = await serve([])
  const get = await call(api.path, { path: '/_ping' })
  assert.deepEqual(
    [get.status, get.body, get.headers['content-type']],
    [200, 'OK', 'text/plain; charset=utf-8'],
  )
  assert.deepEqual(
    [get.headers['builder-version'], get.headers['cache-control']],
    ['1', 'no-cache, no-store, must-revalidate'],
  )
  const head = await call(api.path, { method: 'HEAD', path: '/v1.41/_ping' })
  assert.deepEqual([head.status, head.body, head.headers['content-length']], [200, '', '0'])
})

test('json() reads one document of the right type and size', async () => {
  await using api = await serve(echoRoutes)
  const type = { 'Content-Type': 'application/json' }
  const post = (path: string, body: string, headers: Record<string, string> = type) =>
    call(api.path, { method: 'POST', path, body, headers })
  assert.equal((await post('/json', '{"a":"<none>"}')).body, '{"a":"<none>"}\n')
  assert.equal(
    (await post('/json', ' {} \n', { 'Content-Type': 'application/json; charset=utf-8' })).status,
    200,
  )
  const refused: [string, string, Record<string, string>, RegExp][] = [
    [
      '/json',
      '{}',
      { 'Content-Type': 'text/plain' },
      /unsupported Content-Type header \(text\/plain\): must be 'application\/json'/,
    ],
    ['/json', '{}', {}, /unsupported Content-Type header/],
    ['/json', '{} {}', type, /unexpected content after JSON/],
    ['/json', '{"a":', type, /invalid JSON: /],
    ['/json', '', type, /invalid JSON: got EOF while reading request body/],
    ['/small', '"0123456789"', type, /larger than 10 bytes/],
  ]
  for (const [path, body, headers, pattern] of refused) {
    const answer = await post(path, body, headers)
    assert.deepEqual([answer.status, pattern.test(answer.body)], [400, true], answer.body)
  }
  assert.equal((await post('/maybe', '', {})).body, '"none"\n')
  assert.equal((await post('/maybe', '{}')).body, '"some"\n')
})

test('what handlers throw becomes a status and a message', async () => {
  const errors = {
    missing: new CodedError('not-found', 'No such container: x', { hint: 'Look with ps -a.' }),
    bug: new TypeError('x is not a function'),
  }
  const logged: string[] = []
  const logger = { ...silentLogger, error: (message: string) => void logged.push(message) }
  await using api = await serve(
    [
      route('GET', '/fail/{name}', ({ params }) => {
        throw errors[params.name as keyof typeof errors]
      }),
      route('POST', '/same', () => status(304)),
      route('POST', '/made', () => status(201, { Id: '1' })),
    ],
    logger,
  )
  const missing = await call(api.path, { path: '/fail/missing' })
  assert.deepEqual(
    [missing.status, missing.body],
    [404, '{"message":"No such container: x","hint":"Look with ps -a."}\n'],
  )
  assert.deepEqual(logged, [])
  const bug = await call(api.path, { path: '/fail/bug' })
  assert.deepEqual([bug.status, bug.body], [500, '{"message":"x is not a function"}\n'])
  assert.deepEqual(logged, ['x is not a function'])
  assert.deepEqual((await call(api.path, { method: 'POST', path: '/same' })).status, 304)
  assert.deepEqual((await call(api.path, { method: 'POST', path: '/made' })).body, '{"Id":"1"}\n')
})

test('a stream that fails before its first value has a status, later a last line', async () => {
  async function* failAfter(count: number): AsyncGenerator {
    for (let index = 0; index < count; index++) yield { status: `step ${index}` }
    throw new CodedError('not-found', 'manifest unknown', { hint: 'Look.' })
  }
  await using api = await serve([
    route('POST', '/pull/{count}', ({ params }) => jsonStream(failAfter(Number(params.count)))),
  ])
  const early = await call(api.path, { method: 'POST', path: '/pull/0' })
  assert.deepEqual([early.status, early.body], [404, '{"message":"manifest unknown","hint":"Look."}\n'])
  const late = await call(api.path, { method: 'POST', path: '/pull/1' })
  assert.equal(late.status, 200)
  assert.equal(late.headers['content-type'], 'application/json')
  assert.equal(
    late.body,
    '{"status":"step 0"}\r\n{"errorDetail":{"message":"manifest unknown","hint":"Look."},"error":"manifest unknown"}\r\n',
  )
})

test('bytes that fail in the middle cut the connection', async () => {
  async function* cut(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half')
    throw new Error('disk gone')
  }
  await using api = await serve([route('GET', '/export', () => stream(cut()))])
  await assert.rejects(call(api.path, { path: '/export' }), /aborted|hang up|ECONNRESET/)
})

test('a slow reader holds the source back, and leaving ends it', async () => {
  let produced = 0
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  async function* endless(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      for (; !signal.aborted; produced++) yield Buffer.alloc(64 * 1024)
    } finally {
      end()
    }
  }
  await using api = await serve([route('GET', '/endless', ({ signal }) => stream(endless(signal)))])
  const outgoing = httpRequest({ socketPath: api.path, path: '/endless' }, (response) => response.pause())
  outgoing.on('error', () => {})
  outgoing.end()
  await eventually(() => assert.ok(produced > 0), 10_000)
  await new Promise((resolve) => setTimeout(resolve, 200))
  assert.ok(produced < 100, `produced ${produced}`)
  outgoing.destroy()
  await ended
})

test('the signal of a request that only waits aborts when the client leaves', async () => {
  const { promise: aborted, resolve } = Promise.withResolvers<unknown>()
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  await using api = await serve([
    route('GET', '/wait', ({ signal }) => {
      begin()
      signal.addEventListener('abort', () => resolve(signal.reason))
      return once(signal, 'abort')
    }),
  ])
  const outgoing = httpRequest({ socketPath: api.path, path: '/wait' })
  outgoing.on('error', () => {})
  outgoing.end()
  await begun
  outgoing.destroy()
  assert.ok((await aborted) instanceof CodedError)
})

test('close() ends streams at once and lets short requests finish', async () => {
  const begun = { events: Promise.withResolvers<void>(), short: Promise.withResolvers<void>() }
  async function* events(signal: AbortSignal): AsyncGenerator {
    begun.events.resolve()
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    yield 'never'
  }
  const api = await serve([
    route('GET', '/events', ({ signal }) => jsonStream(events(signal), { flushHeaders: true })),
    route('GET', '/short', () => {
      begun.short.resolve()
      return new Promise((resolve) => setTimeout(resolve, 100, 'done'))
    }),
  ])
  const following = call(api.path, { path: '/events' }).catch(() => 'cut')
  const short = call(api.path, { path: '/short' })
  await Promise.all([begun.events.promise, begun.short.promise])
  await api.server.close({ graceMs: 20_000 })
  assert.equal((await short).body, '"done"\n')
  assert.equal(await following, 'cut')
})

test('listen() makes a socket for its group alone, takes over a dead one and leaves a live one', async () => {
  await using api = await serve([])
  const { mode, gid } = statSync(api.path)
  assert.deepEqual([mode & 0o777, gid], [0o660, 0])
  await using second = createServer({ routes: [], logger: silentLogger, version: '0' })
  await assert.rejects(second.listen([{ kind: 'unix', path: api.path }], { group }), {
    code: 'conflict',
    message: /another engine answers there/,
  })
  assert.equal((await call(api.path, { path: '/_ping' })).status, 200)

  const dead = join(directory, 'dead.sock')
  const script = `require('net').createServer().listen(${JSON.stringify(dead)}, () => process.kill(process.pid, 'SIGKILL'))`
  await run(process.execPath, ['-e', script]).catch(() => {})
  assert.ok(statSync(dead).isSocket())
  await second.listen([{ kind: 'unix', path: dead }], { group })
  assert.equal((await call(dead, { path: '/_ping' })).status, 200)

  const file = join(directory, 'file')
  writeFileSync(file, 'precious')
  await assert.rejects(second.listen([{ kind: 'unix', path: file }], { group }), { code: 'conflict' })
  assert.equal(statSync(file).size, 8)
})

test('listen() goes on without a group by default and refuses one that was asked for', async () => {
  const path = join(directory, 'group.sock')
  await using server = createServer({ routes: [], logger: silentLogger, version: '0' })
  await assert.rejects(
    server.listen([{ kind: 'unix', path }], { group: { name: 'no-such-group', isRequired: true } }),
    { code: 'invalid-argument' },
  )
  await server.listen([{ kind: 'unix', path }], { group: { name: 'no-such-group', isRequired: false } })
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('listen() serves on none of its addresses when one is taken', async () => {
  const taken = createNetServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as { port: number }
  const path = join(directory, 'half.sock')
  const server = createServer({ routes: [], logger: silentLogger, version: '0' })
  await assert.rejects(
    server.listen(
      [
        { kind: 'unix', path },
        { kind: 'tcp', host: '127.0.0.1', port },
      ],
      { group },
    ),
    { code: 'unavailable', message: /EADDRINUSE/ },
  )
  assert.throws(() => statSync(path), { code: 'ENOENT' })
  taken.close()
})

test('CVE-2025-64443: an API on TCP does not answer web pages or foreign names', async () => {
  const warnings: string[] = []
  const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) }
  await using server = createServer({ routes: [], logger, version: '0' })
  await server.listen([{ kind: 'tcp', host: '127.0.0.1', port: 0 }], { group })
  assert.match(warnings[0] ?? '', /has root on this machine/)
  const port = Number(server.addresses[0]?.split(':').at(-1))
  const ping = (headers: Record<string, string>) =>
    new Promise<number>((resolve) =>
      httpRequest({ host: '127.0.0.1', port, path: '/_ping', headers, agent: false }, (response) =>
        resolve(response.resume().statusCode ?? 0),
      ).end(),
    )
  assert.equal(await ping({}), 200)
  assert.equal(await ping({ Host: `localhost:${port}` }), 200)
  assert.equal(await ping({ Host: `[::1]:${port}` }), 200)
  assert.equal(await ping({ Host: 'evil.example.com' }), 403)
  assert.equal(await ping({ Origin: 'http://localhost' }), 403)
  assert.equal(await ping({ 'Sec-Fetch-Site': 'cross-site' }), 403)
})
