import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { listenOnLoopback } from '@berth/stdx/testsuite'
import { sendDelivery } from './send-delivery.ts'

const delivery = { id: 'one', body: '{"a":"ä"}', secret: 'key', attempt: 1 }
const options = { allowedNetworks: ['127.0.0.0/8'], signal: new AbortController().signal }

const startReceiver = (listener: RequestListener) => listenOnLoopback(createServer(listener))

test('sendDelivery() sends the body, signed, to the address that was checked', async () => {
  const { promise: received, resolve } = Promise.withResolvers<{ headers: object; body: Buffer }>()
  await using receiver = await startReceiver((request, response) => {
    void buffer(request).then((body) => {
      resolve({ headers: request.headers, body })
      response.writeHead(201).end('thanks')
    })
  })
  let lookups = 0
  const resolveOnce = async () => (++lookups === 1 ? ['127.0.0.1'] : ['127.0.0.9'])
  const url = `http://hook.test:${receiver.port}/path`
  assert.deepEqual(await sendDelivery({ ...delivery, url }, { ...options, resolve: resolveOnce }), {
    status: 201,
  })
  assert.equal(lookups, 1, 'a name that means another address a moment later is not asked again')
  const { headers, body } = await received
  assert.equal(body.toString(), delivery.body)
  const signature = createHmac('sha256', 'key').update(delivery.body).digest('hex')
  const wanted = {
    host: `hook.test:${receiver.port}`,
    'content-type': 'application/json',
    'x-hub-delivery': 'one',
  }
  assert.partialDeepStrictEqual(headers, { ...wanted, 'x-hub-signature-256': `sha256=${signature}` })
})

test('CVE-2020-13788: sendDelivery() does not reach inner addresses, by name, number or redirect', async () => {
  let requests = 0
  await using receiver = await startReceiver((_, response) => {
    requests++
    response.writeHead(302, { Location: `http://127.0.0.1:${receiver.port}/inner` }).end()
  })
  const closed = { ...options, allowedNetworks: [] }
  for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '0x7f000001']) {
    const url = `http://${host}:${receiver.port}/`
    const outcome = await sendDelivery({ ...delivery, url }, closed)
    assert.deepEqual(outcome, { error: 'the address is not a public one' }, host)
  }
  assert.equal(requests, 0)
  const url = `http://127.0.0.1:${receiver.port}/`
  assert.deepEqual(await sendDelivery({ ...delivery, url }, options), { status: 302 })
  assert.equal(requests, 1, 'what it redirects to is not asked')
})

test('sendDelivery() gives up on who is silent, and does not read what is endless', async () => {
  await using silent = await startReceiver(() => {})
  const quick = { ...options, timeoutMs: 100 }
  const url = `http://127.0.0.1:${silent.port}/`
  assert.deepEqual(await sendDelivery({ ...delivery, url }, quick), { error: 'no answer in time' })
  await using endless = await startReceiver((_, response) => {
    response.on('error', () => {})
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(16 * 1024)));
    }
    response.on('drain', more)
    more()
  })
  const endlessUrl = `http://127.0.0.1:${endless.port}/`
  assert.deepEqual(await sendDelivery({ ...delivery, url: endlessUrl }, options), { status: 200 })
  const gone = await sendDelivery({ ...delivery, url: 'http://127.0.0.1:1/' }, options)
  assert.ok('error' in gone && gone.error.includes('ECONNREFUSED'))
})
