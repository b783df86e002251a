import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import { encodeFrame } from '@berth/api'
import { attachContainer } from './container-attach.ts'
import { listContainers } from './container-list.ts'
import { startContainer } from './container-start.ts'
import { waitContainer } from './container-wait.ts'
import { copyOutput } from './copy-output.ts'
import { pullImage } from './image-pull.ts'
import { openClient, type ClientOptions } from './open-client.ts'
import { getVersion } from './system-version.ts'

/** An engine of one test: `serve` answers all but /_ping. */
async function withEngine<T>(
  serve: RequestListener | ((server: Server) => void),
  use: (options: ClientOptions) => Promise<T>,
  apiVersion = '1.41',
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-client-'))
  const server = createServer()
  if (serve.length === 1) (serve as (server: Server) => void)(server)
  server.on('request', (request, response) => {
    if (request.url !== '/_ping') return serve.length === 2 && (serve as RequestListener)(request, response)
    response.setHeader('api-version', apiVersion)
    return response.end()
  })
  try {
    const path = join(folder, 'engine.sock')
    await new Promise<void>((resolve) => void server.listen(path, resolve))
    return await use({ host: `unix://${path}` })
  } finally {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true })
  }
}

describe('openClient()', () => {
  test('speaks the newest version that both ends know, asked for once', async () => {
    const urls: string[] = []
    const serve: RequestListener = (request, response) => {
      urls.push(request.url ?? '')
      response.end('[]')
    }
    await withEngine(serve, async (options) => {
      using client = openClient(options)
      await Promise.all([
        listContainers(client),
        listContainers(client, { all: true, filters: new Map([['label', ['a=b']]]) }),
      ])
    })
    assert.deepEqual(
      urls.toSorted((a, b) => a.length - b.length),
      [
        '/v1.41/containers/json',
        '/v1.41/containers/json?all=1&filters=%7B%22label%22%3A%7B%22a%3Db%22%3Atrue%7D%7D',
      ],
    )
  })

  test('sends a pinned version without asking', async () => {
    await withEngine(
      (request, response) => response.end(JSON.stringify({ Version: request.url })),
      async (options) => {
        using client = openClient({ ...options, version: 'v1.30' })
        assert.equal((await getVersion(client)).Version, '/v1.30/version')
      },
    )
  })

  test('rejects with what the engine says, whatever its form', async () => {
    const cases: [number, string, string, string][] = [
      [
        404,
        '{"message":"No such container: x"}',
        'not-found',
        'Error response from daemon: No such container: x',
      ],
      [409, 'plain text\n', 'conflict', 'Error response from daemon: plain text'],
      [
        500,
        '',
        'internal',
        'Error response from daemon: request returned 500 for API route and version /v1.41/containers/x/start, check if the server supports the requested API version',
      ],
    ]
    for (const [status, body, code, message] of cases) {
      await withEngine(
        (_request, response) => response.writeHead(status).end(body),
        async (options) => {
          using client = openClient(options)
          await assert.rejects(startContainer(client, 'x'), { code, message })
        },
      )
    }
  })

  test('tells an engine that is not there', async () => {
    using client = openClient({ host: 'unix:///nonexistent/engine.sock' })
    await assert.rejects(getVersion(client), {
      code: 'unavailable',
      message:
        'Cannot connect to the Docker daemon at unix:///nonexistent/engine.sock. Is the docker daemon running?',
    })
  })

  test('ends with the signal of its caller', async () => {
    await withEngine(
      (_request, _response) => {},
      async (options) => {
        using client = openClient(options)
        await assert.rejects(getVersion(client, { signal: AbortSignal.timeout(20) }), { name: 'AbortError' })
      },
    )
  })
})

test('waitContainer() resolves when the engine waits, its result when the container ends', async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const serve: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    void ended.then(() => response.end('{"StatusCode":7}'))
  }
  await withEngine(serve, async (options) => {
    using client = openClient(options)
    const wait = await waitContainer(client, 'x', { condition: 'next-exit' })
    end()
    assert.equal((await wait.result()).StatusCode, 7)
  })
})

test('attachContainer() carries both directions and the end of input alone', async () => {
  const serve = (server: Server) =>
    void server.on('upgrade', (_request, socket) => {
      // The first frame comes with the headers, in one piece.
      const head =
        'HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n'
      socket.write(Buffer.concat([Buffer.from(head), encodeFrame('stderr', Buffer.from('ready\n'))]))
      socket.on('data', (chunk: Buffer) =>
        socket.write(encodeFrame('stdout', Buffer.from(chunk.toString().toUpperCase()))),
      )
      socket.on('end', () => socket.end(encodeFrame('stdout', Buffer.from('.'))))
    })
  await withEngine(serve, async (options) => {
    using client = openClient(options)
    const { stream, contentType } = await attachContainer(client, 'x', {
      stdin: true,
      stdout: true,
      stderr: true,
    })
    assert.equal(contentType, 'application/vnd.docker.multiplexed-stream')
    stream.end('hello')
    const sinks = { stdout: new PassThrough(), stderr: new PassThrough() }
    await copyOutput(stream, sinks, true)
    assert.equal(await text(sinks.stdout.end()), 'HELLO.')
    assert.equal(await text(sinks.stderr.end()), 'ready\n')
  })
})

test('pullImage() of an engine that ends in the middle says so', async () => {
  const serve: RequestListener = (_request, response) =>
    void response.write('{"status":"Downloading"}\r\n', () => response.destroy())
  await withEngine(serve, async (options) => {
    using client = openClient(options)
    await assert.rejects(Array.fromAsync(pullImage(client, 'x')), {
      code: 'unavailable',
      message: 'unexpected EOF',
      hint: `The engine at ${options.host} ended the connection: see that it runs, and try again.`,
    })
  })
})
