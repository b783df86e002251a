import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, before, test } from 'node:test'
import { hostPlatform, mediaTypes, type Descriptor, type Platform } from '@berth/oci'
import { suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { buildImage, buildIndex, busyboxImage, type BuiltImage } from '../../fixtures/images.ts'
import { storedContent } from '../../fixtures/stored-content.ts'
import { layoutBlobs, layoutDocuments, writeArchive } from './image-archives.ts'

let engine: TestEngine
let hub: TestHub
let directory: string
let own: BuiltImage
let arm: BuiltImage
let power: BuiltImage
let index: ReturnType<typeof buildIndex>

const platform = (architecture: string): Platform => ({ os: 'linux', architecture })

const stack = suiteStack()
before(async () => {
  directory = await temporaryDirectory(stack)
  hub = stack.use(await startHub())
  engine = stack.use(await startEngine({ bridge: 'none', flags: ['--registry-mirror', hub.url] }))
  own = await busyboxImage()
  arm = await buildImage({ layers: [{ '/arm': 'a' }], platform: platform('riscv64') })
  power = await buildImage({ layers: [{ '/power': 'p' }], platform: platform('ppc64le') })
  index = buildIndex([own, arm, power])
})

afterEach(async () => {
  const { stdout } = await engine.docker(['images', '-aq', '--no-trunc'])
  for (const id of new Set(stdout.split('\n').filter((line) => line !== '')))
    assert.equal((await engine.docker(['rmi', '-f', id])).exitCode, 0)
  const { blobs, layers } = await storedContent(engine)
  assert.deepEqual([blobs, layers], [[], []])
})

async function output(...command: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await engine.docker(command)
  assert.equal(exitCode, 0, stderr)
  return stdout.trim()
}

/** Loads `multi:1`: an index that names three platforms, and of those images the given ones. */
async function load(images: readonly BuiltImage[], ...options: string[]): Promise<string> {
  const root = {
    ...index.descriptor,
    annotations: { 'io.containerd.image.name': 'docker.io/library/multi:1' },
  }
  const indexBytes = index.manifests.find(({ mediaType }) => mediaType === mediaTypes.ociIndex)?.bytes
  const path = await writeArchive(join(directory, 'multi.tar'), [
    ...layoutDocuments([root]),
    { name: `blobs/${index.descriptor.digest.replace(':', '/')}`, body: indexBytes ?? '' },
    ...images.flatMap(layoutBlobs),
  ])
  return output('load', '-i', path, ...options)
}

const idOf = (name: string, ...options: string[]) =>
  output('image', 'inspect', '-f', '{{.Id}}', ...options, name)

test('load() keeps every platform that is there and shows one image', async () => {
  assert.equal(await load([own, arm]), 'Loaded image: multi:1')
  assert.equal(await output('images', '-aq', '--no-trunc'), own.imageId)
  assert.equal(await idOf('multi:1'), own.imageId)
  assert.equal(await idOf('multi:1', '--platform', 'linux/riscv64'), arm.imageId)
  const missing = await engine.docker(['image', 'inspect', '--platform', 'linux/ppc64le', 'multi:1'])
  assert.equal(missing.exitCode, 1)
  assert.match(missing.stderr, /was found but does not provide the specified platform \(linux\/ppc64le\)/)
})

test('images --tree and the API tell what of an index is here', async () => {
  await load([own, arm])
  for (const client of ['docker', 'berth'] as const) {
    const { stdout } = await engine[client](['images', '--tree'])
    assert.match(stdout, /multi:1/)
    assert.match(stdout, new RegExp(`─ linux/${hostPlatform().architecture}`))
    assert.match(stdout, /─ linux\/riscv64/)
  }
  const { body } = await engine.api('GET', '/v1.48/images/json?manifests=1')
  const [summary] = body as { Manifests: { ID: string; Available: boolean; Kind: string }[] }[]
  assert.deepEqual(
    summary?.Manifests.map(({ ID, Available, Kind }) => [ID, Available, Kind]),
    [own, arm, power].map(({ descriptor }) => [descriptor.digest, descriptor !== power.descriptor, 'image']),
  )
  const plain = await engine.api('GET', '/v1.48/images/json')
  assert.ok(!('Manifests' in ((plain.body as object[])[0] ?? {})))
})

test('load() --platform takes one of several, and refuses what is not there', async () => {
  await load([own, arm], '--platform', 'linux/riscv64')
  assert.equal(await idOf('multi:1'), arm.imageId)
  await output('rmi', 'multi:1')
  const path = join(directory, 'multi.tar')
  const { exitCode, stderr } = await engine.docker(['load', '-i', path, '--platform', 'linux/ppc64le'])
  assert.equal(exitCode, 1)
  assert.match(stderr, /does not provide the specified platform \(linux\/ppc64le\)/)
})

test('save() of several platforms gives the index, the same bytes each time, and loads to the same', async () => {
  await load([own, arm, power])
  const path = join(directory, 'saved.tar')
  await output('save', '-o', path, 'multi:1')
  const first = await readFile(path)
  const { manifests } = JSON.parse(
    execFileSync('tar', ['xOf', path, 'index.json'], { encoding: 'utf8' }),
  ) as { manifests: Descriptor[] }
  assert.deepEqual(
    manifests.map(({ digest }) => digest),
    [index.descriptor.digest],
  )
  await output('rmi', 'multi:1')
  await output('load', '-i', path)
  assert.equal(await idOf('multi:1', '--platform', 'linux/ppc64le'), power.imageId)
  await output('save', '-o', path, 'multi:1')
  assert.ok(first.equals(await readFile(path)))
})

test('save() of several platforms is read by skopeo, whole and one by one', async () => {
  await load([own, arm])
  const path = join(directory, 'saved.tar')
  const skopeo = (...command: string[]) => execFileSync('skopeo', command, { encoding: 'utf8' })
  await output('save', '-o', path, 'multi:1')
  const inspected = (source: string, ...options: string[]) =>
    JSON.parse(skopeo(...options, 'inspect', '--config', source)) as { architecture: string }
  assert.equal(inspected(`docker-archive:${path}`).architecture, own.config.architecture)
  assert.equal(inspected(`oci-archive:${path}`, '--override-arch', 'riscv64').architecture, 'riscv64')
  await output('save', '--platform', 'linux/riscv64', '-o', path, 'multi:1')
  assert.equal(inspected(`docker-archive:${path}`).architecture, 'riscv64')
  await load([own, arm, power])
  await output('save', '-o', path, 'multi:1')
  skopeo('copy', '-q', '--all', `oci-archive:${path}`, `oci:${join(directory, 'layout')}:multi`)
  const copied = JSON.parse(await readFile(join(directory, 'layout/index.json'), 'utf8')) as {
    manifests: Descriptor[]
  }
  assert.equal(copied.manifests[0]?.digest, index.descriptor.digest)
})

test('load() --platform takes any image of what save wrote, also one that manifest.json does not name', async () => {
  await load([own, arm, power])
  const path = join(directory, 'saved.tar')
  await output('save', '-o', path, 'multi:1')
  for (const image of [arm, own, power]) {
    await output('rmi', 'multi:1')
    const { os, architecture } = image.config
    assert.equal(
      await output('load', '-i', path, '--platform', `${os}/${architecture}`),
      'Loaded image: multi:1',
    )
    assert.equal(await idOf('multi:1'), image.imageId)
  }
})

test('save() by the API takes several platforms of an index', async () => {
  await load([own, arm, power])
  const query = new URLSearchParams({ names: 'multi:1' })
  for (const architecture of ['riscv64', 'ppc64le'])
    query.append('platform', JSON.stringify(platform(architecture)))
  const { status, body } = await engine.api('GET', `/v1.51/images/get?${query}`)
  assert.equal(status, 200)
  const text = Buffer.isBuffer(body) ? body.toString('latin1') : String(body)
  for (const [image, isThere] of [
    [arm, true],
    [power, true],
    [own, false],
  ] as const)
    assert.equal(text.includes(`blobs/${image.descriptor.digest.replace(':', '/')}`), isThere)
})

test('history() and run take the platform that is asked for', async () => {
  await load([own, arm])
  const history = await output('history', '-q', '--no-trunc', '--platform', 'linux/riscv64', 'multi:1')
  assert.equal(history.split('\n')[0], arm.imageId)
  await output('create', '--name', 'arm', '--platform', 'linux/riscv64', 'multi:1', '/arm')
  assert.equal(await output('inspect', '-f', '{{.Image}}', 'arm'), arm.imageId)
  const { exitCode, stderr } = await engine.docker(['rmi', 'multi:1'])
  assert.equal(exitCode, 1)
  assert.match(stderr, /container [0-9a-f]{12} is using its referenced image/)
  await output('rm', 'arm')
})

test('rmi() --platform takes one, names go over to what is left, and the last takes all', async () => {
  await load([own, arm, power])
  assert.equal(await output('rmi', '--platform', 'linux/riscv64', 'multi:1'), `Deleted: ${arm.imageId}`)
  const gone = await engine.docker(['image', 'inspect', '--platform', 'linux/riscv64', 'multi:1'])
  assert.equal(gone.exitCode, 1)
  const host = `linux/${hostPlatform().architecture}`
  const { stdout } = await engine.berth(['rmi', '--platform', host, 'multi:1'])
  assert.equal(stdout.trim(), `Deleted: ${own.imageId}`)
  assert.equal(await idOf('multi:1'), power.imageId)
  assert.match(await output('rmi', '--platform', 'linux/ppc64le', 'multi:1'), /Untagged: multi:1\nDeleted: /)
  assert.equal(await output('images', '-aq'), '')
})

test('tag(), rmi() of one name and prune leave members of an index alone', async () => {
  await load([own, arm])
  await output('tag', 'multi:1', 'other:1')
  assert.equal(await output('rmi', 'multi:1'), 'Untagged: multi:1')
  assert.match(await output('image', 'prune', '-f'), /Total reclaimed space: 0B/)
  assert.equal(await idOf('other:1', '--platform', 'linux/riscv64'), arm.imageId)
})

test('push() sends an index that was loaded whole', async () => {
  await load([own, arm, power])
  const name = `${new URL(hub.url).host}/pushed/multi:1`
  await output('tag', 'multi:1', name)
  assert.match(await output('push', '-q', name), /pushed\/multi:1/)
  const response = await fetch(`${hub.url}/v2/pushed/multi/manifests/1`, {
    headers: { accept: mediaTypes.ociIndex },
  })
  assert.equal(response.headers.get('docker-content-digest'), index.descriptor.digest)
})

test('pull() of a further platform of an index keeps what was pulled before', async () => {
  await hub.push(index, 'library/further:1')
  await output('pull', '-q', 'further:1')
  await output('pull', '-q', '--platform', 'linux/riscv64', 'further:1')
  assert.equal(await output('images', '-aq', '--no-trunc'), arm.imageId)
  assert.equal(await idOf('further:1', '--platform', `linux/${hostPlatform().architecture}`), own.imageId)
  await output('pull', '-q', 'further:1')
  assert.equal(await idOf('further:1'), own.imageId)
  assert.equal(await idOf('further:1', '--platform', 'linux/riscv64'), arm.imageId)
})
