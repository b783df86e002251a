import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { byteString, packTar, type TarMember } from '@berth/layer'
import { digestHex, digestOf, mediaTypes } from '@berth/oci'
import { eventually, suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { buildImage, busyboxImage, type BuiltImage } from '../../fixtures/images.ts'
import { storedContent } from '../../fixtures/stored-content.ts'
import { dockerArchive, layoutBlobs, layoutDocuments, writeArchive } from './image-archives.ts'

let engine: TestEngine
let directory: string

const stack = suiteStack()
before(async () => {
  directory = await temporaryDirectory(stack)
  engine = stack.use(await startEngine({ bridge: 'none' }))
})

async function load(members: readonly TarMember[]): Promise<string> {
  const path = await writeArchive(join(directory, 'archive.tar'), members)
  const { exitCode, stdout, stderr } = await engine.docker(['load', '-i', path])
  assert.equal(exitCode, 0, stderr)
  return stdout
}

async function refused(members: readonly TarMember[]): Promise<string> {
  const before = await storedContent(engine)
  const path = await writeArchive(join(directory, 'archive.tar'), members)
  const { exitCode, stderr } = await engine.docker(['load', '-i', path])
  assert.equal(exitCode, 1)
  assert.deepEqual(await storedContent(engine), before)
  return stderr.trim()
}

async function removeAll(): Promise<void> {
  const { stdout } = await engine.docker(['images', '-aq', '--no-trunc'])
  for (const id of new Set(stdout.split('\n').filter((line) => line !== '')))
    assert.equal((await engine.docker(['rmi', '-f', id])).exitCode, 0)
  const { blobs, layers } = await storedContent(engine)
  assert.deepEqual([blobs, layers], [[], []])
}

const idOf = async (name: string): Promise<string> =>
  (await engine.docker(['inspect', '-f', '{{.Id}}', name])).stdout.trim()

const named = (image: BuiltImage, name: string) => ({
  ...image.descriptor,
  annotations: { 'io.containerd.image.name': name },
})

test('load() takes an OCI layout whatever the order of its members', async () => {
  const image = await busyboxImage()
  const documents = layoutDocuments([named(image, 'docker.io/library/ordered:1')])
  const blobs = layoutBlobs(image)
  for (const members of [
    [...documents, ...blobs],
    [...blobs.toReversed(), ...documents.toReversed()],
  ]) {
    assert.equal(await load(members), 'Loaded image: ordered:1\n')
    assert.equal(await idOf('ordered:1'), image.imageId)
    const { stdout } = await engine.docker(['run', '--rm', '--network', 'none', 'ordered:1', 'echo', 'works'])
    assert.equal(stdout, 'works\n')
    await removeAll()
  }
})

test("load() takes Docker's old archives, with links where a layer repeats", async () => {
  const image = await buildImage({
    layers: [{ '/a': 'same' }, { '/b': 'other' }, { '/a': 'same' }],
    config: { Cmd: ['/a'] },
  })
  const members = dockerArchive(image, ['old:1', 'registry.example:5000/team/old:2'])
  const linked = members.map((member) =>
    member.name === 'layer-2/layer.tar'
      ? { name: member.name, type: 'symlink' as const, linkName: '../layer-0/layer.tar' }
      : member,
  )
  for (const archive of [members, linked, linked.toReversed()]) {
    assert.equal(await load(archive), 'Loaded image: old:1\nLoaded image: registry.example:5000/team/old:2\n')
    assert.equal(await idOf('old:1'), image.imageId)
    const { stdout } = await engine.docker(['history', '-q', 'old:1'])
    assert.equal(stdout.split('\n').length, 4)
    await removeAll()
  }
})

test('load() tells the id of an image without a name', async () => {
  const image = await buildImage({ layers: [{ '/nameless': '' }] })
  assert.equal(await load(dockerArchive(image, null)), `Loaded image ID: ${image.imageId}\n`)
  await removeAll()
})

test('clients of versions before 1.43 are told <none> of an image without a name, and of no other', async () => {
  await using stack = new AsyncDisposableStack()
  for (const [tags, expected] of [
    [[], { RepoTags: ['<none>:<none>'], RepoDigests: ['<none>@<none>'] }],
    [['named:1'], { RepoTags: ['named:1'], RepoDigests: [] }],
  ] as const) {
    const image = await buildImage({ layers: [{ '/named': String(tags) }] })
    await load(dockerArchive(image, tags))
    stack.defer(async () => void (await engine.docker(['rmi', '-f', image.imageId])))
    const { body } = await engine.api('GET', '/v1.42/images/json')
    const listed = (body as { Id: string; RepoTags: string[]; RepoDigests: string[] }[]).find(
      ({ Id }) => Id === image.imageId,
    )
    assert.partialDeepStrictEqual(listed, expected)
    assert.deepEqual(listed?.RepoDigests, expected.RepoDigests)
  }
})

test('load() joins the names that both indexes know', async () => {
  const image = await buildImage({ layers: [{ '/both': '' }] })
  const docker = {
    Config: `blobs/sha256/${digestHex(image.imageId)}`,
    RepoTags: ['second:2'],
    Layers: image.layers.map(({ descriptor }) => `blobs/sha256/${digestHex(descriptor.digest)}`),
  }
  const text = await load([
    ...layoutDocuments([named(image, 'docker.io/library/first:1')]),
    { name: 'manifest.json', body: JSON.stringify([docker]) },
    ...layoutBlobs(image),
  ])
  assert.equal(text, 'Loaded image: first:1\nLoaded image: second:2\n')
  await removeAll()
})

test('load() takes the platform of an index that runs here, else the one that is there', async () => {
  const arm = await buildImage({
    layers: [{ '/arm': '' }],
    platform: { os: 'linux', architecture: process.arch === 'x64' ? 'arm64' : 'amd64' },
  })
  const own = await buildImage({ layers: [{ '/own': '' }] })
  const index = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [arm.descriptor, own.descriptor],
    }),
  )
  const root = {
    mediaType: mediaTypes.ociIndex,
    digest: digestOf(index),
    size: index.length,
    annotations: { 'io.containerd.image.name': 'docker.io/library/multi:1' },
  }
  const documents = [
    ...layoutDocuments([root]),
    { name: `blobs/sha256/${digestHex(root.digest)}`, body: index },
  ]
  await load([...documents, ...layoutBlobs(arm), ...layoutBlobs(own)])
  assert.equal(await idOf('multi:1'), own.imageId)
  await removeAll()
  await load([...documents, ...layoutBlobs(arm)])
  assert.equal(await idOf('multi:1'), arm.imageId)
  await removeAll()
  assert.match(await refused(documents), /none of the manifests of an index is in it/)
})

/** Also as other people's programs do it. */
const compressors: Record<string, (bytes: Buffer) => Buffer> = {
  gzip: gzipSync,
  zstd: zstdCompressSync,
  xz: (input) => execFileSync('xz', ['-c'], { input }),
  bzip2: (input) => execFileSync('bzip2', ['-c'], { input }),
}

for (const [name, compress] of Object.entries(compressors)) {
  test(`load() takes archives compressed with ${name}, and refuses one that is cut off`, async () => {
    const image = await buildImage({ layers: [{ '/compressed': 'x' }] })
    const path = await writeArchive(join(directory, 'archive'), dockerArchive(image, ['c:1']))
    const compressed = compress(await readFile(path))
    await writeFile(path, compressed)
    const { stdout } = await engine.docker(['load', '-i', path])
    assert.equal(stdout, 'Loaded image: c:1\n')
    assert.equal(await idOf('c:1'), image.imageId)
    await removeAll()
    await writeFile(path, compressed.subarray(0, compressed.length - 8))
    const { exitCode, stderr } = await engine.docker(['load', '-i', path])
    assert.equal(exitCode, 1)
    assert.match(stderr, new RegExp(`Cannot decompress ${name}: `))
  })

  test(`load() and import() take layers compressed with ${name}`, async () => {
    const image = await buildImage({ layers: [{ '/layer': 'x' }] })
    const archive = dockerArchive(image, ['layer:1']).map((member) =>
      member.name.endsWith('layer.tar')
        ? { ...member, body: compress(Buffer.from(member.body as Uint8Array)) }
        : member,
    )
    await load(archive)
    assert.equal(await idOf('layer:1'), image.imageId)
    const path = join(directory, 'root.tar')
    await writeFile(path, compress(Buffer.from(image.layers[0]?.tar ?? '')))
    await engine.docker(['import', path, 'imported:1'])
    const { stdout } = await engine.docker(['inspect', '-f', '{{json .RootFS.Layers}}', 'imported:1'])
    assert.deepEqual(JSON.parse(stdout), image.config.rootfs.diff_ids)
    await removeAll()
  })
}

test('load() of layers compressed in any way gives the ids that the config promises', async () => {
  for (const compression of ['none', 'gzip', 'zstd'] as const) {
    const image = await buildImage({ layers: [{ '/file': 'x' }, { '/more': 'y' }], compression })
    await load([
      ...layoutDocuments([named(image, `docker.io/library/any:${compression}`)]),
      ...layoutBlobs(image),
    ])
    assert.equal(await idOf(`any:${compression}`), image.imageId)
    const { stdout } = await engine.docker(['inspect', '-f', '{{json .RootFS.Layers}}', `any:${compression}`])
    assert.deepEqual(JSON.parse(stdout), image.config.rootfs.diff_ids)
  }
  await removeAll()
})

test('load() says what to do with what is no archive of images', async () => {
  const cases: [Uint8Array, RegExp][] = [
    [
      Buffer.alloc(2000, 'no tar '),
      /^Cannot read tar: a header has no checksum\nAn archive is a tar: plain, or /,
    ],
    [
      Buffer.concat(await Array.fromAsync(packTar([{ name: 'readme', body: 'hello' }]))),
      /names no image in index.json or manifest.json\nIf it holds the files of a root, .* 'berth import'/,
    ],
    [
      execFileSync('xz', ['-c', '--lzma2=dict=128MiB'], { input: 'x' }),
      /^Cannot decompress xz: its dictionary is larger than 64 MiB\nDecompress it with xz first/,
    ],
  ]
  for (const [input, words] of cases) {
    const { exitCode, stderr } = await engine.berth(['load'], { input })
    assert.equal(exitCode, 1)
    assert.match(stderr, words)
  }
})

test('load() refuses an archive of too many members, also where they have one name', async () => {
  const words = await refused(Array.from({ length: 100_001 }, () => ({ name: 'd', type: 'directory' })))
  assert.match(words, /the archive has more than 100000 members/)
})

test('load() leaves nothing of an archive with a fault', async () => {
  const image = await buildImage({ layers: [{ '/fault': randomBytes(1000) }, { '/more': 'y' }] })
  const good = dockerArchive(image, ['bad:1'])
  const replace = (name: string, more: Partial<TarMember>) =>
    good.map((member) => (member.name === name ? { ...member, ...more } : member))
  const index = (entry: object) =>
    replace('manifest.json', {
      body: JSON.stringify([{ Config: 'x', RepoTags: null, Layers: [], ...entry }]),
    })
  const wrongBlob = layoutBlobs(image).map((member) => ({ ...member, body: 'not this' }))
  const cases: [TarMember[], RegExp][] = [
    [[{ name: 'readme', body: 'hello' }], /names no image in index.json or manifest.json/],
    [replace('manifest.json', { body: '{' }), /Cannot parse manifest.json: not JSON/],
    [replace('manifest.json', { body: '{}' }), /Cannot parse manifest.json: not a list/],
    [index({ Config: '../../../etc/passwd' }), /"..\/..\/..\/etc\/passwd" is not in it/],
    [index({ Config: 'layer-0/json' }), /Cannot parse image config/],
    [index({ Config: `${digestHex(image.imageId)}.json`, Layers: ['/etc/passwd'] }), /is not in it/],
    [
      index({ Config: `${digestHex(image.imageId)}.json`, Layers: ['layer-0/layer.tar'] }),
      /1 layers in the manifest, 2 in the config/,
    ],
    [
      index({
        Config: `${digestHex(image.imageId)}.json`,
        RepoTags: ['UPPER:1'],
        Layers: ['layer-0/layer.tar', 'layer-1/layer.tar'],
      }),
      /invalid reference format/,
    ],
    [replace('layer-0/layer.tar', { body: 'x' }), /unexpected end of the archive|digest/],
    [
      replace('layer-0/layer.tar', { type: 'symlink', linkName: '../../../../etc/passwd', body: '' }),
      /is not in it/,
    ],
    [replace('layer-0/layer.tar', { type: 'symlink', linkName: 'layer.tar', body: '' }), /is not in it/],
    [[...layoutDocuments([named(image, 'bad:1')]), ...wrongBlob], /Cannot verify sha256:[a-f0-9]{64}/],
    [layoutDocuments([named(image, 'bad:1')]), /manifest sha256:[a-f0-9]{64} is not in it/],
    [
      [...layoutDocuments([named(image, 'bad:1')]), ...layoutBlobs(image).slice(0, 2)],
      /is not in the archive/,
    ],
    [layoutDocuments([{ ...image.descriptor, digest: 'sha256:../../x' }]), /digest is not a digest/],
  ]
  for (const [members, message] of cases) assert.match(await refused(members), message)
})

test('load() records no image of an archive in which another one is broken', async () => {
  const [first, second] = await Promise.all(
    ['1', '2'].map((text) => buildImage({ layers: [{ '/which': text }] })),
  )
  assert.ok(first && second)
  const text = await refused([
    ...layoutDocuments([
      named(first, 'docker.io/library/first:1'),
      named(second, 'docker.io/library/second:1'),
    ]),
    ...layoutBlobs(first),
    ...layoutBlobs(second).slice(0, 2),
  ])
  assert.match(text, /Cannot load second:1/)
})

test('load() leaves nothing of what a client sent that has left', async () => {
  const image = await buildImage({ layers: [{ '/half': randomBytes(2_000_000) }], compression: 'none' })
  const path = await writeArchive(join(directory, 'half.tar'), dockerArchive(image, ['half:1']))
  const bytes = await readFile(path)
  const before = await storedContent(engine)
  for (const quiet of [0, 1]) {
    const sent = request({
      socketPath: engine.host.slice('unix://'.length),
      method: 'POST',
      path: `/images/load?quiet=${quiet}`,
    })
    sent.on('error', () => undefined)
    await new Promise((resolve) => sent.write(bytes.subarray(0, 1_500_000), resolve))
    sent.destroy()
    await eventually(async () => assert.deepEqual(await storedContent(engine), before))
  }
})

test('load() keeps names as bytes: what is no UTF-8 finds nothing and hurts nothing', async () => {
  const image = await buildImage({ layers: [{ '/x': '' }] })
  const odd = { name: `${byteString('ü')}\u00ff\n..//../x`, body: 'odd' }
  assert.equal(await load([odd, ...dockerArchive(image, ['odd:1'])]), 'Loaded image: odd:1\n')
  await removeAll()
})
