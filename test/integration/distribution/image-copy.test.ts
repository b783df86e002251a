import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import {
  copyImage,
  openImageSource,
  openImageTarget,
  parseImageLocation,
  type CopyOptions,
} from '@berth/image-copy'
import { packTar } from '@berth/layer'
import { openRegistryClient } from '@berth/registry-client'
import { suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { startEngine } from '../../fixtures/engine.ts'
import { corrupted } from '../../fixtures/faults.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { buildImage, buildIndex, busyboxImage } from '../../fixtures/images.ts'
import { runProgram } from '../../fixtures/program.ts'

let hub: TestHub
let directory: string

const stack = suiteStack()
before(async () => {
  hub = stack.use(await startHub())
  directory = await temporaryDirectory(stack)
})

async function copy(from: string, to: string, options: CopyOptions = {}): Promise<string> {
  await using registry = openRegistryClient()
  await using source = await openImageSource(parseImageLocation(from), { registry })
  await using target = await openImageTarget(parseImageLocation(to), { registry })
  return (await copyImage(source, target, options)).digest
}

async function skopeo(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(['skopeo', ...args])
  assert.equal(exitCode, 0, stderr)
  return stdout
}

const digestAt = async (name: string): Promise<string> => {
  const inspected = await skopeo('inspect', '--raw', '--tls-verify=false', `docker://${hub.address}/${name}`)
  const { createHash } = await import('node:crypto')
  return `sha256:${createHash('sha256').update(inspected).digest('hex')}`
}

test('copyImage() takes an index with all images from one repository to another by mounts', async () => {
  const own = await busyboxImage({ layers: [{ '/copy': 'own' }] })
  const arm = await buildImage({
    platform: { os: 'linux', architecture: 'arm64' },
    layers: [{ '/copy': 'arm' }],
  })
  const index = buildIndex([own, arm])
  await hub.push(index, 'team/many:v1')
  const before = hub.requests.length
  const digest = await copy(`${hub.address}/team/many:v1`, `${hub.address}/team/copied:v1`)
  assert.equal(digest, index.descriptor.digest)
  assert.equal(await digestAt('team/copied:v1'), index.descriptor.digest)
  assert.equal(hub.requests.slice(before).filter(({ method }) => method === 'PATCH').length, 0)
  const states: string[] = []
  const again = { onProgress: ({ state }: { state: string }) => states.push(state) }
  await copy(`${hub.address}/team/many:v1`, `${hub.address}/team/copied:v2`, again)
  assert.deepEqual([...new Set(states)], ['existed'])
})

test('copyImage() of one platform leaves the index behind', async () => {
  const arm = await buildImage({
    platform: { os: 'linux', architecture: 'arm64' },
    layers: [{ '/copy': 'one' }],
  })
  await hub.push(buildIndex([await busyboxImage(), arm]), 'team/chosen:v1')
  const platform = { os: 'linux', architecture: 'arm64' }
  const digest = await copy(`${hub.address}/team/chosen:v1`, `${hub.address}/team/arm:v1`, { platform })
  assert.equal(digest, arm.descriptor.digest)
  await assert.rejects(
    copy(`${hub.address}/team/chosen:v1`, `${hub.address}/team/none:v1`, {
      platform: { os: 'linux', architecture: 's390x' },
    }),
    { code: 'not-found' },
  )
})

test('layouts and archives are read and written as skopeo reads and writes them', async () => {
  const image = await busyboxImage({ layers: [{ '/copy': 'layout' }] })
  await hub.push(image, 'team/layout:v1')
  const layout = join(directory, 'layout')
  const archive = join(directory, 'image.tar')
  assert.equal(await copy(`${hub.address}/team/layout:v1`, `oci:${layout}:v1`), image.descriptor.digest)
  assert.equal(
    (JSON.parse(await skopeo('inspect', `oci:${layout}:v1`)) as { Digest: string }).Digest,
    image.descriptor.digest,
  )
  await copy(`oci:${layout}:v1`, `oci-archive:${archive}:v1`)
  assert.equal(
    (JSON.parse(await skopeo('inspect', `oci-archive:${archive}:v1`)) as { Digest: string }).Digest,
    image.descriptor.digest,
  )
  await copy(`oci-archive:${archive}`, `${hub.address}/team/back:v1`)
  assert.equal(await digestAt('team/back:v1'), image.descriptor.digest)

  const theirs = join(directory, 'theirs.tar')
  await skopeo('copy', `oci:${layout}:v1`, `docker-archive:${theirs}:team/theirs:v1`)
  await copy(`docker-archive:${theirs}:team/theirs:v1`, `${hub.address}/team/theirs:v1`)
  const config = JSON.parse(
    await skopeo('inspect', '--config', '--tls-verify=false', `docker://${hub.address}/team/theirs:v1`),
  ) as { rootfs: { diff_ids: string[] } }
  assert.deepEqual(config.rootfs.diff_ids, image.config.rootfs.diff_ids)
  await assert.rejects(copy(`docker-archive:${theirs}:team/other:v1`, `oci:${layout}`), { code: 'not-found' })
})

test('an archive that is written can be loaded by an engine', async () => {
  await using engine = await startEngine({ bridge: 'none' })
  const image = await busyboxImage({ layers: [{ '/copy': 'loaded' }] })
  await hub.push(image, 'team/load:v1')
  const archive = join(directory, 'load.tar')
  await copy(`${hub.address}/team/load:v1`, `docker-archive:${archive}:team/loaded:v1`)
  const { stdout, stderr } = await engine.docker(['load', '-i', archive])
  assert.match(stdout, /^Loaded image: team\/loaded:v1$/m, stderr)
})

test('copyImage() refuses bytes that are not what they should be, and leaves no name and no piece behind', async () => {
  const image = await buildImage({ layers: [{ '/copy': 'corrupted' }] })
  await hub.push(image, 'team/corrupted:v1')
  const layer = image.layers[0]?.descriptor.digest ?? assert.fail()
  using _ = hub.inject({ path: layer, fault: corrupted() })
  const layout = join(directory, 'corrupted')
  await assert.rejects(copy(`${hub.address}/team/corrupted:v1`, `oci:${layout}`), { code: 'data-loss' })
  assert.deepEqual((await readdir(layout)).sort(), ['blobs'])
  const blobs = await readdir(join(layout, 'blobs/sha256'))
  assert.ok(!blobs.some((name) => name.includes('tmp') || name === layer.slice(7)))
  const archive = join(directory, 'corrupted.tar')
  await assert.rejects(copy(`${hub.address}/team/corrupted:v1`, `oci-archive:${archive}`), {
    code: 'data-loss',
  })
  assert.ok(!(await readdir(directory)).some((name) => name.includes('corrupted.tar')))
})

test('archives that are none, compressed, or name what is not in them are refused with words', async () => {
  const file = join(directory, 'bad.tar')
  const cases: [Parameters<typeof packTar>[0], RegExp][] = [
    [[], /"manifest\.json" is not in it/],
    [[{ name: 'manifest.json', body: '{' }], /^Cannot read archive: manifest\.json is not as it should be/],
    [[{ name: 'manifest.json', body: '{}' }], /is not as it should be/],
    [[{ name: 'manifest.json', body: '[]' }], /no image "" is there/],
    [[{ name: 'manifest.json', body: '[{"Config":1}]' }], /is not as it should be/],
    [
      [{ name: 'manifest.json', body: '[{"Config":"../x","Layers":[],"RepoTags":null}]' }],
      /"\.\.\/x" is not in it/,
    ],
    [[{ name: 'index.json', body: '{"schemaVersion":2,"manifests":[]}' }], /no image "" is there/],
  ]
  for (const [members, message] of cases) {
    await writeFile(file, packTar(members))
    await assert.rejects(copy(`oci-archive:${file}`, `oci:${join(directory, 'never')}`), { message })
  }
  await writeFile(file, Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
  await assert.rejects(copy(`oci-archive:${file}`, `oci:${join(directory, 'never')}`), {
    message: /compressed with gzip$/,
  })
})

test('an archive that cannot take the place of a directory says so and leaves nothing', async () => {
  await hub.push(await busyboxImage(), 'team/place:v1')
  const place = join(directory, 'place')
  await mkdir(place)
  await assert.rejects(copy(`${hub.address}/team/place:v1`, `oci-archive:${place}`), {
    message: `Cannot write ${place}: is a directory`,
  })
  assert.ok(!(await readdir(directory)).some((name) => name.startsWith('.place')))
})
