import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
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
const otherCertFile = join(directory, 'other-cert.pem')
const otherKeyFile = join(directory, 'other-key.pem')
const makeCertificate = (cert: string, key: string, names: string) =>
  spawnSync('openssl', [
    ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=berth-test'.split(' '),
    '-addext',
    `subjectAltName=${names}`,
    '-keyout',
    key,
    '-out',
    cert,
  ])
const openssl = makeCertificate(certFile, keyFile, `IP:${address ?? '127.0.0.1'},IP:127.0.0.1`)
makeCertificate(otherCertFile, otherKeyFile, 'DNS:other.example,DNS:*.other.example')
const skip =
  openssl.status !== 0
    ? 'openssl is not on PATH'
    : address === undefined
      ? 'no address besides loopback'
      : false

const openTls = (respond: Responder, more: ServerOptions = {}) =>
  openFakeServer(respond, {
    address: address ?? '',
    open: (listener) =>
      createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile), ...more }, listener),
  })
/** A folder for certificates of one host, in one of its own. */
function certsOf(host: string, files: Record<string, string | Buffer>): string {
  const root = mkdtempSync(join(directory, 'certs-'))
  mkdirSync(join(root, host))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, host, name), content)
  return root
}
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

for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(
    `a registry that wants a client certificate says so at once over ${maxVersion}`,
    { skip },
    async () => {
      await using server = await openTls((_request, response) => sendManifest(response), {
        ca: readFileSync(certFile),
        requestCert: true,
        rejectUnauthorized: true,
        maxVersion,
      })
      const certsDirectories = [certsOf(server.host, { 'ca.crt': readFileSync(certFile) })]
      const words = maxVersion === 'TLSv1.3' ? 'certificate required' : 'handshake failure'
      const refusal = {
        message: `Get "https://${server.host}/v2/": remote error: tls: ${words}`,
        hint: `${server.host} wants a client certificate: put it and its key into /etc/berth/certs.d/${server.host} as client.cert and client.key.`,
      }
      // A wait before another attempt would be noticed.
      const timeouts = { retryBaseMs: 60_000 }
      await assert.rejects(fetchFrom(server.host, { certsDirectories, timeouts }), refusal)
      // Nor is it asked without TLS, though it need not have any.
      const insecureRegistries = [server.host]
      await assert.rejects(
        fetchFrom(server.host, { certsDirectories, timeouts, insecureRegistries }),
        refusal,
      )
      assert.equal(server.seen.length, 0)
    },
  )
}

test('a certificate for other names says for which, and what to do', { skip }, async () => {
  await using server = await openTls((_request, response) => sendManifest(response), {
    cert: readFileSync(otherCertFile),
    key: readFileSync(otherKeyFile),
  })
  await assert.rejects(fetchFrom(server.host, { caFiles: [otherCertFile] }), {
    message: `Get "https://${server.host}/v2/": tls: failed to verify certificate: x509: certificate is valid for other.example, *.other.example, not ${address}`,
    hint: `Use a name that the certificate is for, or have one made for ${address}.`,
  })
})

test(
  'a file that is to be trusted and is no certificate is named, and the good ones beside it count',
  { skip },
  async () => {
    await using server = await openTls((_request, response) => sendManifest(response))
    const certs = certsOf(server.host, { 'bad.crt': 'rubbish' })
    const bad = join(certs, server.host, 'bad.crt')
    await assert.rejects(fetchFrom(server.host, { certsDirectories: [certs] }), {
      message: /signed by unknown authority$/,
      hint: `${bad} holds no certificate in PEM form ("openssl x509 -inform der" makes one of the binary form).`,
    })
    copyFileSync(certFile, join(certs, server.host, 'good.crt'))
    assert.equal((await fetchFrom(server.host, { certsDirectories: [certs] })).source, server.host)
  },
)

test('client certificates that are none, or not of their keys, are named', { skip }, async () => {
  const [cert, key, otherKey] = [certFile, keyFile, otherKeyFile].map((file) => readFileSync(file))
  const refused: [files: Record<string, string | Buffer | undefined>, told: RegExp][] = [
    [
      { 'a.cert': cert, 'a.key': otherKey },
      /^Cannot use .*\/a\.cert with .*\/a\.key: tls: private key does not match public key$/,
    ],
    [{ 'a.cert': 'rubbish', 'a.key': key }, /^Cannot use .*\/a\.cert: it holds no certificate in PEM form$/],
    [
      { 'a.cert': cert, 'a.key': 'secret-rubbish' },
      /^Cannot use .*\/a\.key: it holds no private key in PEM form/,
    ],
    [{ 'hosts.toml': 'ca = "a.pem"', 'a.pem': 'rubbish' }, /^Cannot use .*\/a\.pem: it holds no certificate/],
    [{ 'hosts.toml': 'ca = "a.pem"' }, /^Cannot read .*\/a\.pem: ENOENT: no such file or directory$/],
    [{ 'hosts.toml': '\nca = 1' }, /^Cannot read .*\/hosts\.toml: line 2: ca is not text$/],
  ]
  for (const [files, message] of refused) {
    const certsDirectories = [certsOf('r.example.com', files as Record<string, string | Buffer>)]
    await assert.rejects(fetchFrom('r.example.com', { certsDirectories }), {
      code: 'failed-precondition',
      message,
    })
  }
})
