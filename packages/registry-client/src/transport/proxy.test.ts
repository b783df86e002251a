import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Duplex } from 'node:stream'
import { test } from 'node:test'
import { listenOnLoopback } from '@berth/stdx/testsuite'
import { isCoded } from '@berth/stdx'
import { proxyFor } from './proxy.ts'
import { openRegistryClient } from '../registry-client.ts'
import { openFakeServer, referenceTo, sendManifest } from '../testsuite/fake-registry.ts'

const settings = { httpProxy: 'http://plain:3128', httpsProxy: 'tls:3128' }
const through = (url: string, noProxy = '') => proxyFor(new URL(url), { ...settings, noProxy })

test('proxyFor() chooses by scheme and leaves loopback alone', () => {
  assert.equal(through('http://r.example.com'), 'http://plain:3128')
  assert.equal(through('https://r.example.com'), 'http://tls:3128')
  for (const host of ['localhost:5000', '127.0.0.5', '[::1]:5000'])
    assert.equal(through(`http://${host}`), undefined)
  assert.equal(proxyFor(new URL('https://r.example.com'), {}), undefined)
})

test('proxyFor() exempts names, domains, addresses and blocks', () => {
  const exempt = (host: string, noProxy: string) => through(`https://${host}`, noProxy) === undefined
  assert.ok(exempt('r.example.com', '*'))
  assert.ok(exempt('r.example.com', 'other, example.com'))
  assert.ok(exempt('example.com', 'EXAMPLE.com'))
  assert.ok(!exempt('badexample.com', 'example.com'))
  assert.ok(exempt('r.example.com', '.example.com'))
  assert.ok(exempt('r.example.com', '*.example.com'))
  assert.ok(!exempt('example.com', '.example.com'))
  assert.ok(exempt('10.1.2.3:5000', '10.0.0.0/8'))
  assert.ok(!exempt('11.1.2.3', '10.0.0.0/8,10.0.0.0/99,x/8'))
  assert.ok(exempt('[fd00::1]', 'fd00::/8'))
  assert.ok(exempt('r.example.com:5000', 'example.com:5000'))
  assert.ok(!exempt('r.example.com', 'example.com:5000'))
})

test('a registry behind a proxy is asked through it, and the proxy sees its own password alone', async (t) => {
  const address = Object.values(networkInterfaces())
    .flat()
    .find((entry) => entry && entry.family === 'IPv4' && !entry.internal)?.address
  if (address === undefined) return t.skip('no address besides loopback')
  await using server = await openFakeServer((_request, response) => sendManifest(response), {
    address,
    open: createServer,
  })
  const asked: (string | undefined)[] = []
  const proxy = createServer((request, response) => {
    asked.push(request.url, request.headers['proxy-authorization'])
    const { port, hostname } = new URL(request.url ?? '')
    const line = connect(Number(port), hostname)
    response.on('close', () => line.destroy())
    line.on('connect', () =>
      line.write(`GET ${new URL(request.url ?? '').pathname} HTTP/1.0\r\nHost: x\r\n\r\n`),
    )
    request.socket.on('error', () => line.destroy())
    line.on('data', (bytes) => request.socket.write(bytes)).on('end', () => request.socket.end())
  })
  await using listening = await listenOnLoopback(proxy)
  await using client = openRegistryClient({
    insecureRegistries: [server.host],
    proxy: { httpProxy: `http://ann:word@${listening.address}` },
  })
  await client.fetchManifest(referenceTo(server.host), { credentials: { registryToken: 'canary' } })
  assert.equal(asked[0], `http://${server.host}/v2/team/app/manifests/v1`)
  assert.equal(asked[1], `Basic ${Buffer.from('ann:word').toString('base64')}`)
})

/** What a proxy does with the line to a registry that only it knows. */
const refusals: Record<string, { answer: string | undefined; words: string; hint: RegExp }> = {
  refuses: {
    answer: 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n',
    words: '403 Forbidden',
    hint: /^The proxy 127\.0\.0\.1:\d+ does not let r\.invalid through; .* NO_PROXY\.$/,
  },
  'wants a password': {
    answer: 'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n',
    words: '407 Proxy Authentication Required',
    hint: /wants a name and a password: http:\/\/NAME:PASSWORD@127/,
  },
  'hangs up': {
    answer: '',
    words: 'Connection to establish proxy tunnel ended unexpectedly',
    hint: /^Check the proxy/,
  },
  'says nothing': {
    answer: undefined,
    words: 'i/o timeout',
    hint: /^Check the proxy 127\.0\.0\.1:\d+, which HTTPS_PROXY/,
  },
}

async function openProxy(answer: string | undefined) {
  const proxy = createServer()
  const lines = new Set<Duplex>()
  proxy.on('connect', (_request, line) => {
    lines.add(line.on('error', () => {}))
    if (answer !== undefined) line.end(answer)
  })
  const listening = await listenOnLoopback(proxy)
  const httpsProxy = `http://ann:pass-word@${listening.address}`
  const client = openRegistryClient({ proxy: { httpsProxy }, timeouts: { connectMs: 300 } })
  const dispose = async () => {
    await client[Symbol.asyncDispose]()
    for (const line of lines) line.destroy()
    await listening[Symbol.asyncDispose]()
  }
  return { client, [Symbol.asyncDispose]: dispose }
}

for (const [what, { answer, words, hint }] of Object.entries(refusals)) {
  test(`a proxy that ${what} is told, and not its password`, async () => {
    await using opened = await openProxy(answer)
    await assert.rejects(opened.client.fetchManifest(referenceTo('r.invalid')), (error) => {
      assert.ok(isCoded(error, 'unavailable'))
      assert.equal(error.message, `Get "https://r.invalid/v2/": proxyconnect tcp: ${words}`)
      assert.match(error.hint ?? '', hint)
      assert.doesNotMatch(error.message + error.hint, /pass-word/)
      return true
    })
  })
}

test('who leaves while a proxy says nothing does not wait for it', async () => {
  await using opened = await openProxy(undefined)
  const signal = AbortSignal.timeout(50)
  await assert.rejects(opened.client.fetchManifest(referenceTo('r.invalid'), { signal }), {
    name: 'TimeoutError',
  })
})

test('a proxy that is not there is told as what it is', async () => {
  const proxy = { httpsProxy: 'http://127.0.0.1:1' }
  await using client = openRegistryClient({ proxy })
  await assert.rejects(client.fetchManifest(referenceTo('r.invalid')), {
    message:
      'Get "https://r.invalid/v2/": proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused',
  })
})
