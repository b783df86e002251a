import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:https'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openRegistryClient, type RegistryClientOptions } from '../registry-client.ts'
import {
  openFakeServer,
  referenceTo,
  sendError,
  sendManifest,
  type Responder,
} from '../testsuite/fake-registry.ts'

// Loopback is always insecure, so these tests need an address of this machine that is not.
const address = Object.values(networkInterfaces())
  .flat()
  .find((entry) => entry && entry.family === 'IPv4' && !entry.internal)?.address
const directory = mkdtempSync(join(tmpdir(), 'berth-tls-'))
after(() => rmSync(directory, { recursive: true }))
const certFile = join(directory, 'cert.pem')
const keyFile = join(directory, 'key.pem')
const openssl = spawnSync(
  'openssl',
  [
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=berth-test'.split(' '),
    [
      '-addext',
      `subjectAltName=IP:${address ?? '127.0.0.1'},IP:127.0.0.1`,
      '-keyout',
      keyFile,
      '-out',
      certFile,
    ],
  ].flat(),
)
const skip =
  openssl.status !== 0
    ? 'openssl is not on PATH'
    : address === undefined
      ? 'no address besides loopback'
      : false

const openTls = (respond: Responder) =>
  openFakeServer(respond, {
    address: address ?? '',
    open: (listener) => createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, listener),
  })
const openPlain = (respond: Responder) =>
  openFakeServer(respond, { address: address ?? '', open: createHttpServer })
const fetchFrom = async (host: string, options: RegistryClientOptions) => {
  await using client = openRegistryClient({ timeouts: { retryBaseMs: 1 }, ...options })
  return await client.fetchManifest(referenceTo(host))
}

test('a certificate is verified against the given CA', { skip }, async () => {
  await using server = await openTls((_request, response) => sendManifest(response))
  const { source } = await fetchFrom(server.host, { caFiles: [certFile] })
  assert.equal(source, server.host)
})

test('CVE-2014-5277: a bad certificate ends the request, nothing is sent in clear', { skip }, async () => {
  await using server = await openTls((_request, response) => sendManifest(response))
  await assert.rejects(fetchFrom(server.host, {}), {
    message: `Get "https://${server.host}/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
  })
  assert.equal(server.seen.length, 0)
})

test('a registry without TLS is refused unless it is listed as insecure', { skip }, async () => {
  await using server = await openPlain((_request, response) => sendManifest(response))
  await assert.rejects(fetchFrom(server.host, {}), {
    message: /http: server gave HTTP response to HTTPS client$/,
  })
  assert.equal(server.seen.length, 0)
  await fetchFrom(server.host, { insecureRegistries: [server.host] })
  await fetchFrom(server.host, { insecureRegistries: [`${address}/32`] })
  assert.equal(server.seen.length, 2)
})

test('an insecure registry with TLS is used over TLS, whoever signed its certificate', { skip }, async () => {
  await using server = await openTls((_request, response) => sendManifest(response))
  await fetchFrom(server.host, { insecureRegistries: [server.host] })
  assert.equal(server.seen.length, 1)
})

test('a redirect from TLS to plain HTTP is refused', { skip }, async () => {
  await using plain = await openPlain((_request, response) => sendManifest(response))
  await using server = await openTls((_request, response) =>
    response.writeHead(307, { Location: plain.url }).end(),
  )
  await assert.rejects(fetchFrom(server.host, { caFiles: [certFile] }), {
    message: /redirected from HTTPS to plain HTTP$/,
  })
  assert.equal(plain.seen.length, 0)
})

test(
  'CVE-2026-33540: a token service without TLS is not asked for a registry with TLS',
  { skip },
  async () => {
    await using plain = await openPlain((_request, response) => sendManifest(response))
    await using server = await openTls((_request, response) =>
      sendError(
        response,
        { status: 401, headers: { 'WWW-Authenticate': `Bearer realm="${plain.url}/token"` } },
        { code: 'UNAUTHORIZED' },
      ),
    )
    await assert.rejects(fetchFrom(server.host, { caFiles: [certFile] }), {
      message: /names a token service that is not on TLS$/,
    })
    assert.equal(plain.seen.length, 0)
  },
)

test('certificates in the folder of a host are trusted for it, and shown to it', { skip }, async () => {
  await using server = await openFakeServer((_request, response) => sendManifest(response), {
    address: address ?? '',
    open: (listener) =>
      createServer(
        {
          cert: readFileSync(certFile),
          key: readFileSync(keyFile),
          ca: readFileSync(certFile),
          requestCert: true,
          rejectUnauthorized: true,
        },
        listener,
      ),
  })
  const certs = join(directory, 'certs.d')
  const own = join(certs, server.host)
  mkdirSync(own, { recursive: true })
  copyFileSync(certFile, join(own, 'ca.crt'))
  const certsDirectories = [certs]
  await assert.rejects(fetchFrom(server.host, { certsDirectories }), { code: 'unavailable' })
  copyFileSync(certFile, join(own, 'client.cert'))
  await assert.rejects(fetchFrom(server.host, { certsDirectories }), {
    code: 'failed-precondition',
    message:
      'missing key client.key for client certificate client.cert. CA certificates must use the extension .crt',
  })
  copyFileSync(keyFile, join(own, 'client.key'))
  assert.equal((await fetchFrom(server.host, { certsDirectories })).source, server.host)
  rmSync(join(own, 'ca.crt'))
  await assert.rejects(fetchFrom(server.host, { certsDirectories }), {
    message: /signed by unknown authority$/,
  })
})
