import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { test } from 'node:test'
import { listenOnLoopback } from '@berth/stdx/testsuite'
import { S3Client } from './s3-client.ts'

const credentials = { accessKeyId: 'key', secretAccessKey: 'planted-secret' }

/** A store that answers everything with one function, and a client of it. */
async function withStore(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  action: (client: S3Client, requests: IncomingMessage[]) => Promise<void>,
  timeoutMs = 10_000,
): Promise<void> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  await using listening = await listenOnLoopback(server)
  const url = new URL(`${listening.url}/bucket`)
  await action(new S3Client({ url, region: 'here', credentials, timeoutMs }), requests)
}

const fails = (status: number, code: string) => (_: IncomingMessage, response: ServerResponse) =>
  void response.writeHead(status).end(`<Error><Code>${code}</Code></Error>`)

const get = { method: 'GET', key: 'some/key' } as const

test('send() signs for the bucket and its region, and says nothing of the secret', async () => {
  await withStore(
    (_, response) => response.end('bytes'),
    async (client, requests) => {
      const answer = await client.send({ ...get, query: { a: 'b c' } })
      assert.equal(String(answer?.bytes), 'bytes')
      const [request] = requests
      assert.equal(request?.url, '/bucket/some/key?a=b+c')
      assert.match(
        request?.headers.authorization ?? '',
        /^AWS4-HMAC-SHA256 Credential=key\/\d{8}\/here\/s3\/aws4/,
      )
      assert.ok(!JSON.stringify(request?.rawHeaders).includes('planted-secret'))
    },
  )
})

test('send() tells a key that is not there from a bucket that is not there', async () => {
  await withStore(fails(404, 'NoSuchKey'), async (client) => assert.equal(await client.send(get), undefined))
  await withStore(fails(404, 'NoSuchBucket'), (client) =>
    assert.rejects(client.send(get), { code: 'unavailable', message: /NoSuchBucket/ }),
  )
})

test('send() tries again what fails for the moment, and gives up as unavailable', async () => {
  for (const [status, attempts] of [
    [500, 3],
    [503, 3],
    [429, 3],
    [403, 1],
    [301, 1],
  ] as const)
    await withStore(fails(status, 'Refused'), async (client, requests) => {
      await assert.rejects(client.send(get), { code: 'unavailable', message: new RegExp(String(status)) })
      assert.equal(requests.length, attempts)
    })
  let count = 0
  await withStore(
    (request, response) => (++count < 3 ? void request.socket.destroy() : void response.end('late')),
    async (client) => assert.equal(String((await client.send(get))?.bytes), 'late'),
  )
})

test('send() gives up on a store that does not answer, at once and in the middle', async () => {
  for (const answer of [
    () => {},
    (_: IncomingMessage, response: ServerResponse) => void response.writeHead(200).write('be'),
  ])
    await withStore(
      answer,
      async (client, requests) => {
        await assert.rejects(client.send(get), {
          code: 'unavailable',
          message: 'Cannot GET some/key: the object store did not answer in 200 ms',
        })
        assert.ok(requests.length <= 1)
      },
      200,
    )
})

test('open() gives a body while it comes, for longer than an answer may take to begin', async () => {
  const timeoutMs = 1500
  await withStore(
    (_, response) => {
      response.writeHead(200).write('first ')
      setTimeout(() => response.end('second'), timeoutMs)
    },
    async (client) => {
      const body = await client.open(get)
      assert.equal(Buffer.concat(await Array.fromAsync(body ?? [])).toString(), 'first second')
    },
    timeoutMs,
  )
})
