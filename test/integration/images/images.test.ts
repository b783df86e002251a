import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ContainerDefaults } from '@berth/oci'
import { engineSuite } from '../../fixtures/engine-suite.ts'
import { busyboxImage, type BuiltImage } from '../../fixtures/images.ts'
import { storedContent } from '../../fixtures/stored-content.ts'

const suite = engineSuite({ bridge: 'none', isPulled: false })
const { docker } = suite

const lines = async (...args: string[]) => (await docker(...args)).split('\n').filter((line) => line !== '')

async function refusal(...args: string[]): Promise<string> {
  const { exitCode, stderr } = await suite.run(args)
  assert.equal(exitCode, 1, stderr)
  return stderr.trimEnd()
}

const short = (digest: string) => digest.slice('sha256:'.length, 'sha256:'.length + 12)

interface Pushed extends BuiltImage {
  name: string
  manifestDigest: string
}

/** Pushes an image with a file of its own, and pulls it. */
async function pulled(name: string, created: string, config: ContainerDefaults = {}): Promise<Pushed> {
  const image = await busyboxImage({ layers: [{ '/name': `${name} of ${created}` }], created, config })
  const manifestDigest = await suite.hub.push(image, `library/${name}`)
  await docker('pull', '-q', name)
  return { ...image, name, manifestDigest }
}

test('images are listed with the columns, formats and filters of Docker', async () => {
  const old = await pulled('app:v1', '2024-01-01T00:00:00Z', { Labels: { tier: 'old', team: 'a' } })
  const young = await pulled('app:v2', '2025-01-01T00:00:00Z', { Labels: { tier: 'young', team: 'a' } })
  const other = await pulled('other:latest', '2023-01-01T00:00:00Z')
  const [header = '', first = '', second = '', third = '', ...rest] = await lines('images')
  assert.match(header, /^REPOSITORY +TAG +IMAGE ID +CREATED +SIZE$/)
  assert.match(first, new RegExp(`^app +v2 +${short(young.imageId)} +\\d+ \\w+ ago +2\\.\\d\\dMB$`))
  assert.match(second, new RegExp(`^app +v1 +${short(old.imageId)} +\\d+ \\w+ ago +2\\.\\d\\dMB$`))
  assert.match(third, new RegExp(`^other +latest +${short(other.imageId)} `))
  assert.deepEqual(rest, [])
  assert.deepEqual(await lines('images', '-q', '--no-trunc'), [young.imageId, old.imageId, other.imageId])
  assert.deepEqual(await lines('images', '-q', 'app'), [short(young.imageId), short(old.imageId)])
  assert.deepEqual(await lines('images', '-q', 'app:v1'), [short(old.imageId)])
  const [digestHeader = '', digestLine = ''] = await lines('images', '--digests', 'other')
  assert.match(digestHeader, /^REPOSITORY +TAG +DIGEST +IMAGE ID +CREATED +SIZE$/)
  assert.match(digestLine, new RegExp(`^other +latest +${other.manifestDigest} +${short(other.imageId)} `))
  const [json = ''] = await lines('images', '--format', 'json', 'other')
  const { ID, Repository, Tag, Size, CreatedAt } = JSON.parse(json) as Record<string, string>
  assert.deepEqual(
    [ID, Repository, Tag, CreatedAt],
    [short(other.imageId), 'other', 'latest', '2023-01-01 00:00:00 +0000 UTC'],
  )
  assert.match(Size ?? '', /^2\.\d\dMB$/)
  assert.deepEqual(await lines('images', '--format', '{{.Repository}}:{{.Tag}}'), [
    'app:v2',
    'app:v1',
    'other:latest',
  ])

  const filtered = (...filters: string[]) =>
    lines('images', ...filters.flatMap((filter) => ['-f', filter]), '--format', '{{.Repository}}:{{.Tag}}')
  assert.deepEqual(await filtered('label=team'), ['app:v2', 'app:v1'])
  assert.deepEqual(await filtered('label=team', 'label=tier=old'), ['app:v1'])
  assert.deepEqual(await filtered('label=tier=none'), [])
  assert.deepEqual(await filtered('label!=team'), ['other:latest'])
  assert.deepEqual(await filtered('label=team', 'label!=tier=old'), ['app:v2'])
  assert.deepEqual(await filtered('reference=app'), ['app:v2', 'app:v1'])
  assert.deepEqual(await filtered('reference=*:v*'), ['app:v2', 'app:v1'])
  assert.deepEqual(await filtered('reference=oth*'), ['other:latest'])
  assert.deepEqual(await filtered('reference=app:v1', 'reference=other'), ['app:v1', 'other:latest'])
  assert.deepEqual(await filtered('before=app:v2'), ['app:v1', 'other:latest'])
  assert.deepEqual(await filtered('since=other'), ['app:v2', 'app:v1'])
  assert.deepEqual(await filtered('since=other', 'before=app:v2'), ['app:v1'])
  assert.deepEqual(await filtered('until=2024-06-01T00:00:00Z'), ['app:v1', 'other:latest'])
  assert.deepEqual(await filtered('dangling=true'), [])
  assert.deepEqual(await filtered('dangling=false', 'reference=other'), ['other:latest'])
  assert.equal(
    await refusal('images', '-f', 'since=nope'),
    'Error response from daemon: No such image: nope:latest',
  )
  assert.equal(
    await refusal('images', '-f', 'colour=red'),
    "Error response from daemon: invalid filter 'colour'",
  )
  await docker('rmi', 'app:v1', 'app:v2', 'other')
})

test('images without a name are shown as such and found by the filter for them', async () => {
  const first = await pulled('moving:latest', '2024-01-01T00:00:00Z')
  const second = await pulled('moving:latest', '2025-01-01T00:00:00Z')
  assert.deepEqual(
    await lines('images', '-f', 'dangling=true', '--format', '{{.Repository}}:{{.Tag}} {{.ID}}'),
    [`moving:<none> ${short(first.imageId)}`],
  )
  assert.deepEqual(await lines('images', '--format', '{{.Repository}}:{{.Tag}} {{.ID}}'), [
    `moving:latest ${short(second.imageId)}`,
    `moving:<none> ${short(first.imageId)}`,
  ])
  await docker('rmi', 'moving', first.imageId)
})

test('an image has the details of its documents', async () => {
  const config = {
    Cmd: ['sh', '-c', 'echo hi'],
    Env: ['A=1'],
    ExposedPorts: { '80/tcp': {} },
    WorkingDir: '/tmp',
    Labels: { a: 'b' },
  }
  const image = await pulled('detailed:v1', '2024-02-03T04:05:06.789Z', config)
  const [details] = JSON.parse(await docker('image', 'inspect', 'detailed:v1')) as Record<string, unknown>[]
  const { Size, Metadata, ...facts } = details ?? assert.fail()
  assert.equal(
    Size,
    image.layers.reduce((bytes, { tar }) => bytes + tar.length, 0),
  )
  assert.ok(Date.parse((Metadata as { LastTagTime: string }).LastTagTime) > Date.now() - 60_000)
  assert.deepEqual(
    { ...facts, Config: undefined, GraphDriver: undefined },
    {
      Id: image.imageId,
      RepoTags: ['detailed:v1'],
      RepoDigests: [`detailed@${image.manifestDigest}`],
      Parent: '',
      Comment: '',
      Created: '2024-02-03T04:05:06.789Z',
      DockerVersion: '',
      Author: '',
      Config: undefined,
      Architecture: image.config.architecture,
      Os: 'linux',
      GraphDriver: undefined,
      RootFS: { Type: 'layers', Layers: image.config.rootfs.diff_ids },
    },
  )
  for (const [field, value] of Object.entries(config))
    assert.deepEqual((facts['Config'] as Record<string, unknown>)[field], value)
  for (const name of [
    image.imageId,
    short(image.imageId),
    `sha256:${short(image.imageId)}`,
    `detailed@${image.manifestDigest}`,
    'docker.io/library/detailed:v1',
  ])
    assert.equal(await docker('image', 'inspect', '-f', '{{.Id}}', name), image.imageId, name)
  assert.match(await refusal('image', 'inspect', 'nope'), /No such image: nope(:latest)?$/)
  assert.match(await refusal('inspect', 'nope'), /No such object: nope$/)

  const [header = '', top = '', below = '', ...rest] = await lines('history', 'detailed:v1')
  assert.match(header, /^IMAGE +CREATED +CREATED BY +SIZE +COMMENT$/)
  assert.match(top, new RegExp(`^${short(image.imageId)} +\\d+ \\w+ ago +test layer 1 +\\d+(\\.\\d+)?kB`))
  assert.match(below, /^<missing> +\d+ \w+ ago +test layer 0 +2\.\d\dMB/)
  assert.deepEqual(rest, [])
  assert.deepEqual(await lines('history', '-q', '--no-trunc', 'detailed:v1'), [image.imageId, '<missing>'])
  assert.match(await refusal('history', 'nope'), /No such image: nope:latest$/)
  await docker('rmi', 'detailed:v1')
})

test('tag() adds names and moves them', async () => {
  const one = await pulled('one:latest', '2024-01-01T00:00:00Z')
  const two = await pulled('two:latest', '2024-01-02T00:00:00Z')
  await docker('tag', 'one', 'registry.example:5000/team/one:v1')
  await docker('tag', one.imageId, 'again')
  assert.deepEqual(JSON.parse(await docker('image', 'inspect', '-f', '{{json .RepoTags}}', 'one')), [
    'again:latest',
    'one:latest',
    'registry.example:5000/team/one:v1',
  ])
  await docker('tag', 'two', 'again')
  assert.equal(await docker('image', 'inspect', '-f', '{{.Id}}', 'again'), two.imageId)
  assert.equal(await refusal('tag', 'nope', 'x'), 'Error response from daemon: No such image: nope:latest')
  assert.match(
    await refusal('tag', 'one', 'sha256:v1'),
    /refusing to create an ambiguous tag using digest algorithm as name$/,
  )
  assert.match(await refusal('tag', 'one', 'UPPER'), /repository name .*must be lowercase/)
  assert.match(
    await refusal('tag', 'one', `x@${one.manifestDigest}`),
    /refusing to create a tag with a digest reference/,
  )
  await docker('rmi', 'one', 'registry.example:5000/team/one:v1', 'two', 'again')
})

test('rmi() takes names away, and with the last one the image and what only it needs', async () => {
  const empty = await storedContent(suite.engine)
  assert.deepEqual(empty, { images: [], blobs: [], layers: [], staged: [], ingests: {} })
  const one = await pulled('one:latest', '2024-01-01T00:00:00Z')
  const onlyOne = await storedContent(suite.engine)
  const two = await pulled('two:latest', '2024-01-02T00:00:00Z')
  await docker('tag', 'one', 'one:v2')
  await docker('tag', 'one', 'alias:v1')
  assert.deepEqual(await lines('rmi', 'alias:v1'), ['Untagged: alias:v1'])
  assert.deepEqual(await lines('rmi', 'one:v2'), ['Untagged: one:v2'])
  assert.deepEqual(await lines('rmi', 'two'), [
    'Untagged: two:latest',
    `Untagged: two@${two.manifestDigest}`,
    `Deleted: ${two.imageId}`,
  ])
  assert.deepEqual(await storedContent(suite.engine), onlyOne)
  assert.equal(
    await docker('run', '--rm', '--network', 'none', 'one', 'cat', '/name'),
    'one:latest of 2024-01-01T00:00:00Z',
  )
  assert.equal(await refusal('rmi', 'two'), 'Error response from daemon: No such image: two:latest')
  const forced = await suite.run(['rmi', '-f', 'two'])
  assert.equal(forced.exitCode, 0)
  assert.match(forced.stderr, /No such image: two:latest/)
  assert.deepEqual(await lines('rmi', one.imageId), [
    'Untagged: one:latest',
    `Untagged: one@${one.manifestDigest}`,
    `Deleted: ${one.imageId}`,
  ])
  assert.deepEqual(await storedContent(suite.engine), empty)
})

test('rmi() of an id takes its tag, and several when forced', async () => {
  const one = await pulled('one:latest', '2024-01-01T00:00:00Z')
  await docker('tag', 'one', 'one:v2')
  const refused = `Error response from daemon: conflict: unable to delete ${short(one.imageId)} (must be forced) - image is referenced in multiple repositories`
  assert.equal(await refusal('rmi', short(one.imageId)), refused)
  assert.deepEqual(await lines('rmi', '-f', short(one.imageId)), [
    'Untagged: one:latest',
    'Untagged: one:v2',
    `Untagged: one@${one.manifestDigest}`,
    `Deleted: ${one.imageId}`,
  ])
  await docker('pull', '-q', 'one')
  await docker('tag', 'one', 'alias:v1')
  assert.equal(await refusal('rmi', one.imageId), refused)
  assert.match(
    await docker('rmi', '-f', one.imageId),
    new RegExp(`^Untagged: alias:v1\\nUntagged: one:latest\\n[^]*Deleted: ${one.imageId}$`),
  )
  assert.deepEqual(await lines('images', '-aq'), [])
})

test('rmi() of an image that containers use is refused, in part also when forced', async () => {
  const { imageId, manifestDigest } = await pulled('used:latest', '2024-01-01T00:00:00Z')
  const id = await docker('create', '--network', 'none', 'used', 'sleep', '60')
  const image = short(imageId)
  const container = id.slice(0, 12)
  assert.equal(
    await refusal('rmi', 'used'),
    `Error response from daemon: conflict: unable to remove repository reference "used" (must force) - container ${container} is using its referenced image ${image}`,
  )
  assert.equal(
    await refusal('rmi', imageId),
    `Error response from daemon: conflict: unable to delete ${image} (must be forced) - image is being used by stopped container ${container}`,
  )
  await docker('start', id)
  for (const force of [[], ['-f']]) {
    assert.equal(
      await refusal('rmi', ...force, imageId),
      `Error response from daemon: conflict: unable to delete ${image} (cannot be forced) - image is being used by running container ${container}`,
    )
  }
  assert.deepEqual(await lines('rmi', '-f', 'used'), [
    'Untagged: used:latest',
    `Untagged: used@${manifestDigest}`,
  ])
  assert.equal(await docker('exec', id, 'cat', '/name'), 'used:latest of 2024-01-01T00:00:00Z')
  await docker('rm', '-f', id)
  await docker('rmi', imageId)
  assert.deepEqual(await storedContent(suite.engine), {
    images: [],
    blobs: [],
    layers: [],
    staged: [],
    ingests: {},
  })
})

test('rmi() forced takes an image from under a stopped container, whose files stay', async () => {
  const { imageId } = await pulled('gone:latest', '2024-01-01T00:00:00Z')
  const id = await docker('create', '--network', 'none', 'gone', 'cat', '/name')
  assert.match(await docker('rmi', '-f', imageId), new RegExp(`Deleted: ${imageId}$`))
  assert.equal(await docker('start', '-a', id), 'gone:latest of 2024-01-01T00:00:00Z')
  await docker('rm', id)
})

test('rmi() by digest takes the digest, and the image when it had no other name', async () => {
  const { imageId, manifestDigest } = await pulled('pinned:v1', '2024-01-01T00:00:00Z')
  await docker('rmi', 'pinned:v1')
  await docker('pull', '-q', `pinned@${manifestDigest}`)
  assert.deepEqual(await lines('rmi', `pinned@${manifestDigest}`), [
    `Untagged: pinned@${manifestDigest}`,
    `Deleted: ${imageId}`,
  ])
  assert.deepEqual(await lines('images', '-aq'), [])
})
