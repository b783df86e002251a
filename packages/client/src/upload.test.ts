import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadImages } from './image-load.ts'
import { openClient } from './open-client.ts'

async function load(serve: RequestListener, upload: AsyncIterable<Uint8Array>): Promise<unknown[]> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-client-'))
  const server = createServer(serve)
  try {
    const path = join(folder, 'engine.sock')
    await new Promise<void>((resolve) => void server.listen(path, resolve))
    using client = openClient({ host: `unix://${path}`, version: '1.50' })
    return await Array.fromAsync(loadImages(client, upload))
  } finally {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true })
  }
}

async function* chunks(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield Buffer.alloc(64 * 1024, i)
}

test('an upload arrives whole', async () => {
  const messages = await load((request, response) => {
    let bytes = 0
    request.on('data', (chunk: Buffer) => (bytes += chunk.length))
    request.on('end', () =>
      response.end(JSON.stringify({ stream: `${bytes} ${request.headers['content-type']}` })),
    )
  }, chunks(50))
  assert.deepEqual(messages, [{ stream: `${50 * 64 * 1024} application/x-tar` }])
})

test('an upload whose source fails rejects with that failure', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('x')
    throw new Error('the disk is gone')
  }
  await assert.rejects(
    load((request) => void request.resume().on('error', () => {}), broken()),
    /^Error: the disk is gone$/,
  )
})

test('an upload that the engine refuses early rejects with its words', async () => {
  const refuse: RequestListener = (request, response) => {
    response.statusCode = 400
    response.end('{"message":"not that one"}')
    request.resume()
  }
  await assert.rejects(load(refuse, chunks(200)), /Error response from daemon: not that one/)
})
