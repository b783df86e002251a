import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { packTar } from '@berth/layer'
import { mediaTypes } from '@berth/oci'
import { suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine } from '../fixtures/engine.ts'
import { startHub, type TestHub } from '../fixtures/hub.ts'
import { buildImage, type BuiltImage } from '../fixtures/images.ts'
import { startWebServer } from '../fixtures/web-server.ts'
import { storedContent } from '../fixtures/stored-content.ts'

// Documents of a registry that mean two things, or name what is no digest.

let hub: TestHub
let engine: TestEngine
let image: BuiltImage
let directory: string

const stack = suiteStack()
before(async () => {
  hub = stack.use(await startHub())
  engine = stack.use(await startEngine({ bridge: 'none' }))
  image = await buildImage({ layers: [{ '/a': 'documents' }] })
  await hub.push(image, 'team/documents:v1')
  directory = await temporaryDirectory(stack)
})

const sha256 = (text: string | Uint8Array) => `sha256:${createHash('sha256').update(text).digest('hex')}`

/** A registry that has one document under every tag, and no blob. */
const oneDocument = (text: string, contentType: string) =>
  startWebServer(({ path }, response) => {
    if (path.includes('/manifests/')) response.writeHead(200, { 'Content-Type': contentType }).end(text)
    else response.writeHead(404).end()
  })

const json = (value: object) => JSON.stringify({ schemaVersion: 2, ...value })

const parts = (value: Uint8Array) =>
  JSON.parse(Buffer.from(value).toString()) as { config: object; layers: object[] }

test('CVE-2021-41190: a document that is manifest and index at once, or not what it is announced as, is refused', async () => {
  const { config, layers } = parts(image.manifest)
  const both = { config, layers, manifests: [{ ...image.descriptor }] }
  const documents: [string, string, RegExp][] = [
    [json({ mediaType: mediaTypes.ociManifest, ...both }), mediaTypes.ociManifest, /manifests/],
    [json({ mediaType: mediaTypes.ociIndex, ...both }), mediaTypes.ociIndex, /layers|config/],
    [json(both), mediaTypes.ociIndex, /layers|config/],
    [
      json({ mediaType: mediaTypes.ociManifest, config, layers }),
      mediaTypes.ociIndex,
      /announced|Content-Type|media type/i,
    ],
    [
      json({ mediaType: mediaTypes.ociIndex, manifests: [] }),
      mediaTypes.ociManifest,
      /announced|Content-Type|media type/i,
    ],
  ]
  for (const [text, type, message] of documents) {
    await using registry = await oneDocument(text, type)
    const pulled = await engine.docker(['pull', '-q', `${registry.address}/team/both:v1`])
    assert.equal(pulled.exitCode, 1, text)
    assert.match(pulled.stderr, message)
    const copied = await engine.berth([
      'image',
      'copy',
      '-q',
      `${registry.address}/team/both:v1`,
      `${hub.address}/team/both:v1`,
    ])
    assert.equal(copied.exitCode, 1, text)
    const archive = join(directory, 'both.tar')
    await writeFile(archive, packTar(layoutOf(text, type)))
    const loaded = await engine.docker(['load', '-q', '-i', archive])
    assert.equal(loaded.exitCode, 1, text)
    assert.ok(registry.requests.every(({ path }) => !path.includes('/blobs/')))
  }
  assert.equal((await fetch(`${hub.url}/v2/team/both/manifests/v1`)).status, 404)
})

function layoutOf(text: string, mediaType: string) {
  const digest = sha256(text)
  const entry = { mediaType, digest, size: Buffer.byteLength(text) }
  return [
    { name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', body: json({ mediaType: mediaTypes.ociIndex, manifests: [entry] }) },
    { name: `blobs/sha256/${digest.slice('sha256:'.length)}`, body: text },
  ]
}

test('CVE-2024-3727: a digest that is none is refused before it is part of a path or of a request', async () => {
  const { config, layers } = parts(image.manifest)
  const bad = [
    'sha256:../../../../etc/passwd',
    `sha256:${'0'.repeat(61)}/..`,
    `sha256:${'A'.repeat(64)}`,
    `sha256:${'0'.repeat(63)}`,
    `sha256:${'0'.repeat(65)}`,
    `md5:${'0'.repeat(32)}`,
    `sha256:${'0'.repeat(63)}\u0000`,
    '0'.repeat(64),
    'sha256:',
    '',
    `sha256:%2e%2e%2f${'0'.repeat(55)}`,
  ]
  for (const digest of bad) {
    for (const document of [
      json({ mediaType: mediaTypes.ociManifest, config: { ...config, digest }, layers }),
      json({ mediaType: mediaTypes.ociManifest, config, layers: [{ ...layers[0], digest }] }),
      json({ mediaType: mediaTypes.ociIndex, manifests: [{ ...image.descriptor, digest }] }),
    ]) {
      const { mediaType = '' } = JSON.parse(document) as { mediaType?: string }
      await using registry = await oneDocument(document, mediaType)
      const { exitCode, stderr } = await engine.docker(['pull', '-q', `${registry.address}/team/digest:v1`])
      assert.equal(exitCode, 1, digest)
      assert.match(stderr, /digest/i)
      assert.ok(
        registry.requests.every(({ path }) => /\/manifests\/v1$|^\/v2\/$/.test(path)),
        digest,
      )
    }
  }
  assert.deepEqual((await storedContent(engine)).layers, [])
})

test('CVE-2014-8179: what a header says of a digest is nothing, the bytes are all', async () => {
  await using registry = await startWebServer(({ path }, response) => {
    const blob = image.blobs.find((bytes) => path.endsWith(sha256(bytes)))
    const body = path.includes('/manifests/') ? image.manifest : blob
    const type = path.includes('/manifests/') ? mediaTypes.ociManifest : 'application/octet-stream'
    response.writeHead(body ? 200 : 404, {
      'Content-Type': type,
      'Docker-Content-Digest': `sha256:${'0'.repeat(64)}`,
    })
    response.end(body)
  })
  const { exitCode, stderr } = await engine.docker(['pull', `${registry.address}/team/header:v1`])
  assert.equal(exitCode, 0, stderr)
  const digests = await engine.docker([
    'image',
    'inspect',
    '-f',
    '{{join .RepoDigests " "}}',
    `${registry.address}/team/header:v1`,
  ])
  assert.equal(digests.stdout.trim(), `${registry.address}/team/header@${image.descriptor.digest}`)
})

test('CVE-2020-1702: a manifest without end is left at four megabytes', async () => {
  let sentBytes = 0
  await using registry = await startWebServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': mediaTypes.ociManifest })
    const piece = Buffer.alloc(64 * 1024, ' ')
    const send = () => {
      while (!response.destroyed && response.write(piece)) sentBytes += piece.length
    }
    response.on('drain', send)
    send()
  })
  const { exitCode, stderr } = await engine.docker(['pull', '-q', `${registry.address}/team/endless:v1`])
  assert.equal(exitCode, 1)
  assert.match(stderr, /manifest.*(larger|too large|more than|limit)/i)
  assert.ok(sentBytes < 32 * 1024 * 1024, `${sentBytes} bytes`)
})

test('CVE-2021-21285: a manifest of nulls and wrong types ends the pull, not the engine', async () => {
  const { config, layers } = parts(image.manifest)
  for (const document of [
    'null',
    '[]',
    '"text"',
    '1',
    json({ mediaType: mediaTypes.ociManifest, config: null, layers: null }),
    json({ mediaType: mediaTypes.ociManifest, config, layers: [null] }),
    json({ mediaType: mediaTypes.ociManifest, config, layers: [{ ...layers[0], size: -1 }] }),
    json({ mediaType: mediaTypes.ociManifest, config, layers: [{ ...layers[0], size: 2 ** 60 }] }),
    json({ mediaType: mediaTypes.ociManifest, config, layers: { length: 2 } }),
    `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
  ]) {
    await using registry = await oneDocument(document, mediaTypes.ociManifest)
    const { exitCode, stderr } = await engine.docker(['pull', '-q', `${registry.address}/team/nulls:v1`])
    assert.equal(exitCode, 1, document.slice(0, 200))
    assert.match(stderr, /^Error response from daemon: \S/, document.slice(0, 200))
  }
  assert.equal((await engine.api('GET', '/_ping')).status, 200)
})
