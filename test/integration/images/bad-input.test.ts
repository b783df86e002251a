import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { digestOf, mediaTypes, type Descriptor, type Manifest } from '@berth/oci'
import type { ImageContent } from '@berth/registry-server'
import { suiteStack } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { answers, corrupted, hugeManifest, truncatedTo, withMediaType } from '../../fixtures/faults.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { busyboxImage, type BuiltImage } from '../../fixtures/images.ts'
import { storedContent } from '../../fixtures/stored-content.ts'

let hub: TestHub
let engine: TestEngine
let small: BuiltImage

const stack = suiteStack()
before(async () => {
  hub = stack.use(await startHub())
  engine = stack.use(await startEngine({ bridge: 'none' }))
  small = await busyboxImage({ layers: [{ '/text': 'as it was pushed' }] })
  await hub.push(small, 'bad/sound:v1')
})

const pull = (name: string) => engine.docker(['pull', `${hub.address}/${name}`])

/** The pull fails in these words, the engine answers, and the data root is as it was. */
async function assertRefused(name: string, message: RegExp): Promise<void> {
  const before = await storedContent(engine)
  const { exitCode, stderr } = await pull(name)
  assert.match(stderr, message)
  assert.equal(exitCode, 1)
  assert.equal((await engine.api('GET', '/_ping')).status, 200)
  assert.deepEqual(await storedContent(engine), before)
}

/** The pull works, the content is what was pushed, and nothing of it is left when the image is removed. */
async function assertPulls(name = 'bad/sound:v1'): Promise<void> {
  const { exitCode, stderr } = await pull(name)
  assert.equal(stderr, '')
  assert.equal(exitCode, 0)
  const { stdout } = await engine.docker([
    'run',
    '--rm',
    '--network',
    'none',
    `${hub.address}/${name}`,
    'cat',
    '/text',
  ])
  assert.equal(stdout, 'as it was pushed')
  await engine.docker(['rmi', `${hub.address}/${name}`])
  assert.deepEqual(await storedContent(engine), {
    images: [],
    blobs: [],
    layers: [],
    staged: [],
    ingests: {},
  })
}

const topLayer = () => small.layers[1]?.descriptor ?? assert.fail()
const baseLayer = () => small.layers[0]?.descriptor ?? assert.fail()

test('pull() refuses a layer that is shorter than its manifest says', async () => {
  for (const bytes of [0, 1, topLayer().size - 1]) {
    using _ = hub.inject({ path: topLayer().digest, fault: truncatedTo(bytes) })
    await assertRefused(
      'bad/sound:v1',
      new RegExp(
        `Cannot verify ${topLayer().digest}: the registry has ${bytes} bytes, the manifest says ${topLayer().size}`,
      ),
    )
  }
  await assertPulls()
})

test('pull() refuses a layer of another digest', async () => {
  for (const { digest } of [baseLayer(), topLayer()]) {
    using _ = hub.inject({ path: digest, fault: corrupted() })
    await assertRefused('bad/sound:v1', new RegExp(`Cannot verify ${digest}: content has digest sha256:`))
  }
  await assertPulls()
})

test('pull() refuses a config of another digest or length', async () => {
  for (const fault of [corrupted(), truncatedTo(10)]) {
    using _ = hub.inject({ path: `/blobs/${small.imageId}`, fault })
    await assertRefused('bad/sound:v1', new RegExp(`Cannot verify ${small.imageId}: `))
  }
  await assertPulls()
})

test('pull() refuses a manifest of another digest than was asked for', async () => {
  using _ = hub.inject({ path: small.descriptor.digest, fault: corrupted() })
  await assertRefused(
    `bad/sound@${small.descriptor.digest}`,
    /Cannot verify manifest sha256:[0-9a-f]+: content has digest/,
  )
})

test('pull() refuses a manifest of 100 MB without reading it', async () => {
  const rule = hub.inject({ path: '/manifests/', fault: hugeManifest(100_000_000, mediaTypes.ociManifest) })
  const memoryBefore = await residentBytes()
  await assertRefused('bad/sound:v1', /larger than 4194304 bytes/)
  assert.ok((await residentBytes()) - memoryBefore < 50_000_000)
  rule[Symbol.dispose]()
  await assertPulls()
})

async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${engine.pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? assert.fail()) * 1024
}

test('pull() refuses what is no manifest', async () => {
  const manifest = JSON.parse(Buffer.from(small.manifest).toString()) as Manifest
  const layer = (change: Partial<Record<keyof Descriptor, unknown>>) => ({
    ...manifest,
    layers: [{ ...topLayer(), ...change }],
  })
  for (const [document, words] of [
    ['', /Cannot parse manifest: not JSON/],
    ['<html>not a registry</html>', /Cannot parse manifest: not JSON/],
    ['null', /Cannot parse manifest: not an object/],
    ['[]', /Cannot parse manifest: not an object/],
    ['{}', /Cannot parse manifest: schemaVersion is not 2/],
    [{ ...manifest, manifests: [] }, /Cannot parse manifest: has both manifests and layers/],
    [{ ...manifest, config: undefined }, /Cannot parse manifest: config is not a descriptor/],
    [{ ...manifest, layers: {} }, /Cannot parse manifest: layers is not a list/],
    [layer({ size: -1 }), /Cannot parse manifest: layers\[0\].size is not a size/],
    [layer({ size: 2 ** 60 }), /Cannot parse manifest: layers\[0\].size is not a size/],
    [layer({ size: '12' }), /Cannot parse manifest: layers\[0\].size is not a size/],
    [layer({ digest: '../../../etc/passwd' }), /Cannot parse manifest: layers\[0\].digest is not a digest/],
    [
      layer({ digest: 'md5:d41d8cd98f00b204e9800998ecf8427e' }),
      /Cannot parse manifest: layers\[0\].digest is not a digest/,
    ],
    [{ ...manifest, mediaType: 'text/html' }, /media type "text\/html" differs from the announced/],
    [{ ...manifest, schemaVersion: 1 }, /Docker Image manifest version 2, schema 1 support has been removed/],
  ] as const) {
    const body = typeof document === 'string' ? document : JSON.stringify(document)
    using _ = hub.inject({
      path: '/manifests/v1',
      fault: answers(200, { headers: { 'Content-Type': mediaTypes.ociManifest }, body }),
    })
    await assertRefused('bad/sound:v1', words)
  }
})

test('pull() refuses the manifests of old in words of their own', async () => {
  const body = JSON.stringify({
    schemaVersion: 1,
    name: 'bad/sound',
    tag: 'v1',
    fsLayers: [],
    history: [],
    signatures: [],
  })
  for (const type of [mediaTypes.dockerSchema1, mediaTypes.dockerSchema1Signed]) {
    using _ = hub.inject({
      path: '/manifests/',
      fault: answers(200, { headers: { 'Content-Type': type }, body }),
    })
    await assertRefused('bad/sound:v1', /schema 1 support has been removed/)
  }
})

test('pull() refuses a manifest that is announced as something else', async () => {
  for (const type of [mediaTypes.ociIndex, mediaTypes.dockerManifest]) {
    using _ = hub.inject({ path: '/manifests/', fault: withMediaType(type) })
    await assertRefused(
      'bad/sound:v1',
      new RegExp(
        `media type "${RegExp.escape(mediaTypes.ociManifest)}" differs from the announced ${RegExp.escape(type)}`,
      ),
    )
  }
})

test('pull() refuses indexes that are too deep or empty', async () => {
  await hub.push(chainOfIndexes(6), 'bad/deep:v1')
  await assertRefused('bad/deep:v1', /indexes nested deeper than 4/)
  const empty = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] }),
  )
  await hub.push({ blobs: [], manifests: [{ mediaType: mediaTypes.ociIndex, bytes: empty }] }, 'bad/empty:v1')
  await assertRefused('bad/empty:v1', /no matching manifest for linux\/\w+ in the manifest list entries/)
})

function chainOfIndexes(depth: number): ImageContent {
  const manifests = [...small.manifests]
  let descriptor: Descriptor = small.descriptor
  for (let level = 0; level < depth; level++) {
    const mediaType = mediaTypes.ociIndex
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests: [descriptor] }))
    manifests.push({ mediaType, bytes })
    descriptor = {
      mediaType,
      digest: digestOf(bytes),
      size: bytes.length,
      ...(small.descriptor.platform && { platform: small.descriptor.platform }),
    }
  }
  return { blobs: small.blobs, manifests }
}

test('pull() refuses a layer whose content is not what the config says', async () => {
  const config = {
    ...small.config,
    rootfs: { type: 'layers', diff_ids: [small.config.rootfs.diff_ids[0], digestOf('something else')] },
  }
  await hub.push(altered({ config: JSON.stringify(config) }), 'bad/diff-id:v1')
  await assertRefused(
    'bad/diff-id:v1',
    new RegExp(
      `its content has digest ${small.config.rootfs.diff_ids[1]}, the image config says ${digestOf('something else')}`,
    ),
  )
  await assertPulls()
})

test('pull() refuses a layer that is not what the config says also where that layer is known', async () => {
  await pull('bad/sound:v1')
  const base = small.layers[0]?.bytes ?? assert.fail()
  await hub.push(altered({ layer: base }), 'bad/other-blob:v1')
  await assertRefused('bad/other-blob:v1', /its content has digest .*, the image config says/)
  await assertPulls()
})

test('pull() refuses an image whose config is none', async () => {
  for (const [config, words] of [
    ['', /Cannot parse image config: not JSON/],
    [Buffer.from([0xff, 0x00, 0xfe]), /Cannot parse image config: not JSON/],
    ['[]', /Cannot parse image config: not an object/],
    ['{}', /Cannot parse image config: no rootfs.diff_ids/],
    ['{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":["../../etc"]}}', /Cannot parse digest/],
    [
      '{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":[]}}',
      /2 layers in the manifest, 0 in the config/,
    ],
    [JSON.stringify({ ...small.config, rootfs: null }), /Cannot parse image config: no rootfs.diff_ids/],
    [
      JSON.stringify({ ...small.config, config: { Env: 'A=1' } }),
      /Cannot parse image config: config.Env is not/,
    ],
    [
      JSON.stringify({ ...small.config, config: { Cmd: [1] } }),
      /Cannot parse image config: config.Cmd is not/,
    ],
    [
      JSON.stringify({ ...small.config, created: 'yesterday' }),
      /Cannot parse image config: created is not of its type/,
    ],
    [
      JSON.stringify({ ...small.config, history: 'long' }),
      /Cannot parse image config: history is not of its type/,
    ],
  ] as const) {
    await hub.push(altered({ config }), 'bad/config:v1')
    await assertRefused('bad/config:v1', words)
  }
  await assertPulls()
})

test('pull() refuses a config that is too large before asking for it', async () => {
  const manifest = JSON.parse(Buffer.from(small.manifest).toString()) as Manifest
  const body = JSON.stringify({ ...manifest, config: { ...manifest.config, size: 100_000_000 } })
  using _ = hub.inject({
    path: '/manifests/',
    fault: answers(200, { headers: { 'Content-Type': mediaTypes.ociManifest }, body }),
  })
  const asked = hub.requests.length
  await assertRefused('bad/sound:v1', /its config has 100000000 bytes, at most 16777216 are accepted/)
  assert.deepEqual(
    hub.requests.slice(asked).map(({ path }) => path),
    ['/v2/bad/sound/manifests/v1'],
  )
})

test('pull() refuses layers of an unknown type before fetching any', async () => {
  const mediaType = 'application/vnd.example.layer.v1.tar+lzma'
  await hub.push(altered({ layerType: mediaType }), 'bad/layer-type:v1')
  const asked = hub.requests.length
  await assertRefused('bad/layer-type:v1', new RegExp(`unsupported media type "${RegExp.escape(mediaType)}"`))
  assert.deepEqual(
    hub.requests.slice(asked).filter(({ path }) => path.endsWith(topLayer().digest)),
    [],
  )
})

test('pull() refuses what is no image, by its type', async () => {
  const artifact = {
    artifactType: 'application/vnd.example.sbom',
    config: '{}',
    configType: mediaTypes.ociEmpty,
  }
  await hub.push(altered(artifact), 'bad/artifact:v1')
  await assertRefused(
    'bad/artifact:v1',
    /it is an artifact of type "application\/vnd.example.sbom", not a container image/,
  )
  await hub.push(
    altered({ config: '{}', configType: 'application/vnd.cncf.helm.config.v1+json' }),
    'bad/artifact:v2',
  )
  await assertRefused(
    'bad/artifact:v2',
    /it is an artifact of type "application\/vnd.cncf.helm.config.v1\+json"/,
  )
})

test('pull() refuses layers that are no archives', async () => {
  for (const [bytes, words] of [
    [Buffer.alloc(2000, 'no archive at all '), /Cannot (unpack|read|parse)/],
    [gzipSync(Buffer.alloc(2000, 'no archive at all ')), /Cannot (unpack|read|parse)/],
    [Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), /Cannot decompress gzip/],
    [gzipSync(small.layers[1]?.tar ?? '').subarray(0, -20), /Cannot decompress gzip: unexpected end of file/],
    [
      gzipSync((small.layers[1]?.tar ?? Buffer.alloc(0)).subarray(0, 520)),
      /Cannot read tar: unexpected end of the archive/,
    ],
  ] as const) {
    await hub.push(altered({ layer: bytes }), 'bad/layer:v1')
    await assertRefused('bad/layer:v1', words)
  }
  await assertPulls()
})

interface Alteration {
  config?: string | Uint8Array
  configType?: string
  artifactType?: string
  /** Instead of the upper layer. */
  layer?: Uint8Array
  layerType?: string
}

/** The sound image with parts of it replaced. */
function altered({ config, configType, artifactType, layer, layerType }: Alteration): ImageContent {
  const [baseBytes, topBytes] = small.layers.map(({ bytes }) => bytes)
  const configBytes = Buffer.from(config ?? JSON.stringify(small.config))
  const layerBytes = layer ?? topBytes ?? assert.fail()
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType,
    config: describe(configType ?? mediaTypes.ociConfig, configBytes),
    layers: [baseLayer(), describe(layerType ?? topLayer().mediaType, layerBytes)],
  }
  return {
    blobs: [configBytes, baseBytes ?? assert.fail(), layerBytes],
    manifests: [{ mediaType: mediaTypes.ociManifest, bytes: Buffer.from(JSON.stringify(manifest)) }],
  }
}

const describe = (mediaType: string, bytes: Uint8Array): Descriptor => ({
  mediaType,
  digest: digestOf(bytes),
  size: bytes.length,
})
