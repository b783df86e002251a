import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { digestHex } from '@berth/oci'
import { suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { buildImage, busyboxImage } from '../../fixtures/images.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'

let engine: TestEngine
let hub: TestHub
let directory: string

const stack = suiteStack()
before(async () => {
  directory = await temporaryDirectory(stack)
  hub = stack.use(await startHub())
  engine = stack.use(await startEngine({ bridge: 'none', flags: ['--registry-mirror', hub.url] }))
})

async function save(...names: string[]): Promise<string> {
  const path = join(directory, 'saved.tar')
  const { exitCode, stderr } = await engine.docker(['save', '-o', path, ...names])
  assert.equal(exitCode, 0, stderr)
  return path
}

const members = (path: string) => execFileSync('tar', ['tf', path], { encoding: 'utf8' }).trim().split('\n')
const document = (path: string, name: string) =>
  JSON.parse(execFileSync('tar', ['xOf', path, name], { encoding: 'utf8' })) as unknown

test('save() gives an OCI layout and a Docker archive in one, with the blobs as they were pulled', async () => {
  const image = await busyboxImage()
  await hub.push(image, 'library/busybox:1')
  await engine.docker(['pull', '-q', 'busybox:1'])
  const path = await save('busybox:1')
  const blobs = [
    image.descriptor.digest,
    image.imageId,
    ...image.layers.map(({ descriptor }) => descriptor.digest),
  ]
  const names = blobs.map((digest) => `blobs/sha256/${digestHex(digest)}`)
  assert.deepEqual(members(path), [
    'oci-layout',
    'index.json',
    'manifest.json',
    'blobs/',
    'blobs/sha256/',
    ...names,
  ])
  const layer = execFileSync('tar', ['xOf', path, names[2] ?? ''], { maxBuffer: 1 << 26 })
  assert.ok(layer.equals(image.layers[0]?.bytes ?? Buffer.alloc(0)))
  assert.deepEqual(document(path, 'manifest.json'), [
    { Config: names[1], RepoTags: ['busybox:1'], Layers: names.slice(2) },
  ])
  const { manifests } = document(path, 'index.json') as { manifests: Record<string, unknown>[] }
  assert.deepEqual(manifests[0]?.['annotations'], {
    'io.containerd.image.name': 'docker.io/library/busybox:1',
    'org.opencontainers.image.ref.name': '1',
  })
})

test('save() refuses an image of which a blob is gone, before it sends anything', async () => {
  const image = await buildImage({ layers: [{ '/a': 'lost' }] })
  await hub.push(image, 'library/lost:1')
  await engine.docker(['pull', '-q', 'lost:1'])
  const digest = image.layers[0]?.descriptor.digest ?? ''
  await rm(join(engine.dataRoot, 'content/blobs', digest.replace(':', '/')))
  const { exitCode, stdout, stderr } = await engine.docker(['save', 'lost:1'])
  assert.deepEqual([exitCode, stdout], [1, ''])
  assert.ok(stderr.includes(`Cannot read blob ${digest}: not in the content store`), stderr)
  await engine.docker(['rmi', 'lost:1'])
})

test('save() gives the same bytes each time, also after the image was removed and loaded', async () => {
  const image = await buildImage({ layers: [{ '/a': 'x' }, { '/b': 'y' }] })
  await hub.push(image, 'library/same:1')
  await engine.docker(['pull', '-q', 'same:1'])
  const first = await readFile(await save('same:1'))
  assert.ok(first.equals(await readFile(await save('same:1'))))
  await engine.docker(['rmi', 'same:1'])
  await engine.docker(['load', '-i', join(directory, 'saved.tar')])
  assert.ok(first.equals(await readFile(await save('same:1'))))
})

test('save() writes what images share once, and all tags of a repository that is named without one', async () => {
  const base = { '/base': 'shared' }
  const one = await buildImage({ layers: [base, { '/one': '1' }] })
  const two = await buildImage({ layers: [base, { '/two': '2' }] })
  await hub.push(one, 'library/pair:one')
  await hub.push(two, 'library/pair:two')
  for (const tag of ['one', 'two']) await engine.docker(['pull', '-q', `pair:${tag}`])
  await engine.docker(['tag', 'pair:one', 'pair:uno'])
  const path = await save('pair')
  assert.deepEqual(
    (document(path, 'manifest.json') as { RepoTags: string[] }[]).map(({ RepoTags }) => RepoTags),
    [['pair:one', 'pair:uno'], ['pair:two']],
  )
  const names = members(path)
  assert.equal(new Set(names).size, names.length)
  assert.equal(
    names.filter((name) => name.startsWith('blobs/sha256/') && !name.endsWith('/')).length,
    2 + 2 + 3,
  )
})

test('save() of an id names nothing', async () => {
  const image = await buildImage({ layers: [{ '/id': '' }] })
  await hub.push(image, 'library/byid:1')
  await engine.docker(['pull', '-q', 'byid:1'])
  const path = await save(image.imageId)
  assert.equal((document(path, 'manifest.json') as { RepoTags: unknown }[])[0]?.RepoTags, null)
})

test('save() refuses what is not there before it sends anything', async () => {
  const { exitCode, stderr } = await engine.docker(['save', '-o', join(directory, 'none.tar'), 'nope:1'])
  assert.equal(exitCode, 1)
  assert.match(stderr, /No such image: nope:1/)
  const platform = encodeURIComponent(JSON.stringify({ os: 'linux', architecture: 's390x' }))
  const { status, body } = await engine.api('GET', `/images/get?names=busybox:1&platform=${platform}`)
  assert.equal(status, 404)
  assert.match(JSON.stringify(body), /does not provide the specified platform \(linux\/s390x\)/)
})
