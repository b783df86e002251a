import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCoded } from '@berth/stdx'
import fc from 'fast-check'
import { digestOf } from './digest.ts'
import { manifestBytesMax, parseManifest, type ManifestOrIndex } from './manifest.ts'
import { mediaTypes } from './media-types.ts'

const layer = { mediaType: mediaTypes.ociLayerGzip, digest: digestOf('layer'), size: 5 }
const config = { mediaType: mediaTypes.ociConfig, digest: digestOf('{}'), size: 2 }
const manifest = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [layer] }
const entry = { mediaType: mediaTypes.ociManifest, digest: digestOf('m'), size: 1 }
const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [entry] }

const parse = (value: unknown, announced?: string): ManifestOrIndex =>
  parseManifest(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), announced)

function assertRefused(value: unknown, state: string, announced?: string): void {
  const message = `Cannot parse manifest: ${state}`
  assert.throws(() => parse(value, announced), { code: 'invalid-argument', message }, JSON.stringify(value))
}

test('parseManifest() reads manifests and indexes, of OCI and of Docker', () => {
  for (const [value, kind, mediaType] of [
    [manifest, 'manifest', mediaTypes.ociManifest],
    [index, 'index', mediaTypes.ociIndex],
    [{ ...manifest, mediaType: mediaTypes.dockerManifest }, 'manifest', mediaTypes.dockerManifest],
    [{ ...index, mediaType: mediaTypes.dockerManifestList }, 'index', mediaTypes.dockerManifestList],
  ] as const) {
    assert.deepEqual(parse(value), { ...value, kind })
    assert.deepEqual(parse(value, `${mediaType}; charset=utf-8`), { ...value, kind })
    assert.deepEqual(parse(value, 'application/json'), { ...value, kind })
  }
})

test('parseManifest() takes the type from what was announced, else from the shape, when the document has none', () => {
  for (const mediaType of [undefined, null, '']) {
    assert.equal(parse({ ...manifest, mediaType }).mediaType, mediaTypes.ociManifest)
    assert.equal(parse({ ...index, mediaType }).mediaType, mediaTypes.ociIndex)
    assert.equal(
      parse({ ...manifest, mediaType }, mediaTypes.dockerManifest).mediaType,
      mediaTypes.dockerManifest,
    )
  }
})

test('parseManifest() refuses what could be read as two things', () => {
  const both = 'has both manifests and layers'
  assertRefused({ ...manifest, manifests: [] }, both)
  assertRefused({ ...index, layers: [] }, both)
  assertRefused({ ...index, config }, both)
  assertRefused({ ...manifest, mediaType: mediaTypes.ociIndex }, both)
  assertRefused({ ...index, mediaType: mediaTypes.ociManifest }, both)
  assertRefused({ ...manifest, manifests: [entry], mediaType: undefined }, both)
  assertRefused(
    manifest,
    `media type "${mediaTypes.ociManifest}" differs from the announced ${mediaTypes.dockerManifest}`,
    mediaTypes.dockerManifest,
  )
  assertRefused({ ...manifest, mediaType: undefined }, both, mediaTypes.ociIndex)
})

test('parseManifest() refuses what is no document', () => {
  for (const text of ['', '{', '<html>', '\u0000', `${JSON.stringify(manifest)}x`, '['.repeat(1e6)])
    assertRefused(text, 'not JSON')
  for (const text of ['null', '[]', '1', '"x"', 'true']) assertRefused(text, 'not an object')
  assertRefused({}, 'schemaVersion is not 2')
  assertRefused({ ...manifest, schemaVersion: '2' }, 'schemaVersion is not 2')
  assertRefused({ ...manifest, schemaVersion: 3 }, 'schemaVersion is not 2')
  assertRefused({ ...manifest, mediaType: 5 }, 'mediaType is not a string')
  assertRefused({ ...manifest, mediaType: 'text/html' }, 'unsupported media type "text/html"')
  assertRefused({ ...manifest, mediaType: '__proto__' }, 'unsupported media type "__proto__"')
  assertRefused({ ...manifest, mediaType: undefined }, 'unsupported media type "text/html"', 'text/html')
})

test('parseManifest() says which field holds what it may not', () => {
  assertRefused({ ...manifest, config: undefined }, 'config is not a descriptor')
  assertRefused({ ...manifest, config: null }, 'config is not a descriptor')
  assertRefused({ ...manifest, config: [] }, 'config is not a descriptor')
  assertRefused({ ...manifest, layers: {} }, 'layers is not a list')
  assertRefused({ ...manifest, layers: [layer, null] }, 'layers[1] is not a descriptor')
  assertRefused({ ...index, manifests: 'x' }, 'manifests is not a list')
  assertRefused({ ...manifest, annotations: [] }, 'annotations is not of its type')
  assertRefused({ ...manifest, annotations: { a: 1 } }, 'annotations is not of its type')
  assertRefused({ ...manifest, artifactType: {} }, 'artifactType is not of its type')
  assertRefused({ ...manifest, subject: 'x' }, 'subject is not a descriptor')
  assertRefused({ ...manifest, subject: { ...entry, digest: 'x' } }, 'subject.digest is not a digest')
  const withEntry = (change: object) => ({ ...index, manifests: [entry, { ...entry, ...change }] })
  for (const [change, state] of [
    [{ mediaType: 1 }, 'mediaType is not a string'],
    [{ mediaType: null }, 'mediaType is not a string'],
    [{ digest: '../../../etc/passwd' }, 'digest is not a digest'],
    [{ digest: [entry.digest] }, 'digest is not a digest'],
    [{ digest: 1 }, 'digest is not a digest'],
    [{ size: -1 }, 'size is not a size'],
    [{ size: 1.5 }, 'size is not a size'],
    [{ size: 2 ** 53 }, 'size is not a size'],
    [{ size: '1' }, 'size is not a size'],
    [{ size: null }, 'size is not a size'],
    [{ urls: 'x' }, 'urls is not of its type'],
    [{ data: 1 }, 'data is not of its type'],
    [{ platform: 'linux/amd64' }, 'platform is not of its type'],
    [{ platform: { os: 1 } }, 'platform.os is not of its type'],
    [{ platform: { os: 'linux', architecture: ['amd64'] } }, 'platform.architecture is not of its type'],
    [{ platform: { variant: {} } }, 'platform.variant is not of its type'],
    [{ platform: { 'os.features': 'x' } }, 'platform.os.features is not of its type'],
  ] as const)
    assertRefused(withEntry(change), `manifests[1].${state}`)
  assertRefused(JSON.stringify(manifest).replace('"size":5', '"size":1e999'), 'layers[0].size is not a size')
})

test('parseManifest() takes null for left out, and a platform of nothing for one that fits nowhere', () => {
  const parsed = parse({
    ...index,
    annotations: null,
    subject: null,
    manifests: [
      { ...entry, platform: null, urls: null },
      { ...entry, platform: {} },
      { ...entry, platform: { os: null, architecture: 'arm', variant: null } },
    ],
  })
  assert.deepEqual(parsed, {
    ...index,
    kind: 'index',
    manifests: [
      entry,
      { ...entry, platform: { os: '', architecture: '' } },
      { ...entry, platform: { os: '', architecture: 'arm' } },
    ],
  })
  assert.deepEqual(parse({ ...manifest, layers: null }), { ...manifest, layers: [], kind: 'manifest' })
})

test('parseManifest() keeps fields that it does not know, whatever their names are', () => {
  const text = JSON.stringify(manifest).replace('{', '{"__proto__":{"layers":1},"constructor":1,"kind":"x",')
  const parsed = parse(text)
  assert.equal(parsed.kind, 'manifest')
  assert.equal(Object.getPrototypeOf(parsed), Object.prototype)
  assert.deepEqual(Object.getOwnPropertyDescriptor(parsed, '__proto__')?.value, { layers: 1 })
  assert.equal(Object.hasOwn(parsed, 'constructor'), true)
  assert.equal(Reflect.get({}, 'layers'), undefined)
  const inherited = '{"__proto__":{"schemaVersion":2,"manifests":[]}}'
  assertRefused(inherited, 'schemaVersion is not 2')
})

test('parseManifest() refuses schema 1 as not implemented any more', () => {
  for (const [value, announced] of [
    [{ schemaVersion: 1, name: 'a', fsLayers: [] }, mediaTypes.dockerSchema1Signed],
    [{ schemaVersion: 1 }, undefined],
    [{ schemaVersion: 2, mediaType: mediaTypes.dockerSchema1 }, undefined],
  ] as const)
    assert.throws(() => parse(value, announced), { code: 'not-implemented', message: /schema 1 support/ })
})

test('parseManifest() takes 4 MiB and not a byte more', () => {
  const empty = JSON.stringify({ ...manifest, annotations: { a: '' } })
  const fill = (bytes: number) => empty.replace('"a":""', `"a":"${'x'.repeat(bytes - empty.length)}"`)
  assert.equal(parse(fill(manifestBytesMax)).kind, 'manifest')
  assertRefused(fill(manifestBytesMax + 1), `larger than ${manifestBytesMax} bytes`)
})

test('parseManifest() quotes no more than the beginning of what it refuses', () => {
  for (const announced of [undefined, mediaTypes.ociManifest]) {
    assert.throws(
      () => parse({ ...manifest, mediaType: 'x'.repeat(1e6) }, announced),
      (error) => isCoded(error, 'invalid-argument') && error.message.length < 400,
    )
  }
})

test('parseManifest() throws nothing but CodedError', () => {
  const name = fc.constantFrom(
    'layers',
    'config',
    'manifests',
    'subject',
    'mediaType',
    'annotations',
    '__proto__',
  )
  const field = fc.constantFrom('digest', 'size', 'mediaType', 'platform', 'urls', 'annotations', 'data')
  const changed = fc
    .tuple(fc.constantFrom(manifest, index), name, fc.oneof(fc.jsonValue(), fc.constant(undefined)))
    .map(([document, name, value]) => JSON.stringify({ ...document, [name]: value }))
  const changedEntry = fc
    .tuple(field, fc.jsonValue())
    .map(([field, value]) => JSON.stringify({ ...index, manifests: [{ ...entry, [field]: value }] }))
  const cut = fc.nat(JSON.stringify(manifest).length).map((end) => JSON.stringify(manifest).slice(0, end))
  const text = fc.oneof(fc.string(), fc.json(), changed, changedEntry, cut)
  const announced = fc.constantFrom(undefined, '', ';', ...Object.values(mediaTypes))
  fc.assert(
    fc.property(text, announced, (text, announced) => {
      try {
        parseManifest(Buffer.from(text), announced)
      } catch (error) {
        assert.ok(isCoded(error, 'invalid-argument', 'not-implemented'), String(error))
      }
    }),
    { numRuns: 2000 },
  )
})
