import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineSuite } from '../../fixtures/engine-suite.ts'
import { buildImage, buildIndex, busyboxImage } from '../../fixtures/images.ts'

const suite = engineSuite({ bridge: 'none', isPulled: false })
const { docker } = suite

const run = (image: string, ...command: string[]) =>
  docker('run', '--rm', '--network', 'none', image, ...command)
const short = (digest: string | undefined) => digest?.slice('sha256:'.length, 'sha256:'.length + 12)

test('pull() of a tag tells each step, and the second time that nothing is newer', async () => {
  const image = await busyboxImage()
  const digest = await suite.hub.push(image, 'library/busybox:latest')
  const layer = short(image.layers[0]?.descriptor.digest)
  assert.deepEqual((await docker('pull', 'busybox')).split('\n'), [
    'Using default tag: latest',
    'latest: Pulling from library/busybox',
    `${layer}: Pulling fs layer`,
    `${layer}: Verifying Checksum`,
    `${layer}: Download complete`,
    `${layer}: Pull complete`,
    `Digest: ${digest}`,
    'Status: Downloaded newer image for busybox:latest',
    'docker.io/library/busybox:latest',
  ])
  assert.deepEqual((await docker('pull', 'busybox')).split('\n'), [
    'Using default tag: latest',
    'latest: Pulling from library/busybox',
    `Digest: ${digest}`,
    'Status: Image is up to date for busybox:latest',
    'docker.io/library/busybox:latest',
  ])
  assert.equal(await docker('pull', '-q', 'busybox'), 'docker.io/library/busybox:latest')
})

test('pull() of a digest makes an image without a tag', async () => {
  const digest = await suite.hub.push(await busyboxImage({ layers: [{ '/by': 'digest' }] }), 'team/pinned:v1')
  const name = `${suite.hub.address}/team/pinned@${digest}`
  const lines = (await docker('pull', name)).split('\n')
  assert.equal(lines[0], `${name}: Pulling from team/pinned`)
  assert.equal(lines.at(-2), `Status: Downloaded newer image for ${name}`)
  assert.match(await docker('pull', name), new RegExp(`^Status: Image is up to date for ${name}$`, 'm'))
  assert.equal(await run(name, 'cat', '/by'), 'digest')
  assert.equal(
    await docker(
      'images',
      '--format',
      '{{.Tag}} {{.Digest}}',
      '--digests',
      `${suite.hub.address}/team/pinned`,
    ),
    `<none> ${digest}`,
  )
  await suite.hub.push(await busyboxImage({ layers: [{ '/by': 'a newer tag' }] }), 'team/pinned:v1')
  assert.match(await docker('pull', name), /up to date/)
})

test('pull() of a tag that has moved leaves the image before it without a name', async () => {
  const name = `${suite.hub.address}/team/moving:v1`
  const first = await busyboxImage({ layers: [{ '/version': 'one' }] })
  const second = await busyboxImage({ layers: [{ '/version': 'two' }] })
  await suite.hub.push(first, 'team/moving:v1')
  await docker('pull', '-q', name)
  const digest = await suite.hub.push(second, 'team/moving:v1')
  const output = await docker('pull', name)
  assert.match(output, new RegExp(`^${short(first.layers[0]?.descriptor.digest)}: Already exists$`, 'm'))
  assert.match(output, new RegExp(`^${short(second.layers[1]?.descriptor.digest)}: Pull complete$`, 'm'))
  assert.match(output, new RegExp(`^Digest: ${digest}\nStatus: Downloaded newer image for ${name}$`, 'm'))
  assert.equal(await run(name, 'cat', '/version'), 'two')
  assert.match(
    await docker('images', '-f', 'dangling=true', '--no-trunc', '-q'),
    new RegExp(`^${first.imageId}$`, 'm'),
  )
})

for (const mediaTypes of ['oci', 'docker'] as const) {
  for (const compression of ['gzip', 'zstd', 'none'] as const) {
    test(`pull() takes ${mediaTypes} manifests with layers of compression ${compression}`, async () => {
      const text = `${mediaTypes} ${compression}`
      await suite.hub.push(
        await busyboxImage({ mediaTypes, compression, layers: [{ '/text': text }] }),
        `team/${mediaTypes}:${compression}`,
      )
      const name = `${suite.hub.address}/team/${mediaTypes}:${compression}`
      await docker('pull', '-q', name)
      assert.equal(await run(name, 'cat', '/text'), text)
    })
  }
}

test('pull() chooses from an index by platform, and says which platform is missing', async () => {
  const own = await busyboxImage({ layers: [{ '/platform': 'own' }] })
  const arm = await buildImage({
    platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
    layers: [{ '/platform': 'arm64' }],
  })
  for (const mediaTypes of ['oci', 'docker'] as const) {
    const name = `${suite.hub.address}/team/index:${mediaTypes}`
    await suite.hub.push(buildIndex([arm, own], { mediaTypes }), `team/index:${mediaTypes}`)
    await docker('pull', '-q', name)
    assert.equal(
      await docker('image', 'inspect', '-f', '{{.Id}} {{.Architecture}}', name),
      `${own.imageId} ${own.config.architecture}`,
    )
    await docker('pull', '-q', '--platform', 'linux/arm64', name)
    assert.equal(
      await docker('image', 'inspect', '-f', '{{.Id}} {{.Architecture}}{{.Variant}}', name),
      `${arm.imageId} arm64v8`,
    )
    const { exitCode, stderr } = await suite.run(['pull', '--platform', 'linux/s390x', name])
    assert.equal(exitCode, 1)
    assert.match(
      stderr,
      /^Error response from daemon: no matching manifest for linux\/s390x in the manifest list entries/,
    )
  }
})

test('pull() refuses an image without an index that is for another platform than was asked for', async () => {
  await suite.hub.push(
    await buildImage({ platform: { os: 'linux', architecture: 'arm64' }, layers: [{ '/a': 'a' }] }),
    'team/arm:v1',
  )
  const name = `${suite.hub.address}/team/arm:v1`
  const { exitCode, stderr } = await suite.run(['pull', '--platform', 'linux/s390x', name])
  assert.equal(exitCode, 1)
  assert.match(stderr, /was found but does not provide the specified platform \(linux\/s390x\)/)
  assert.equal(await docker('images', '-q', name), '')
})

test('pull() asks nothing of the registry that it has', async () => {
  const base = await busyboxImage({ layers: [{ '/shared': 'lower' }] })
  await suite.hub.push(base, 'team/base:v1')
  const above = await busyboxImage({ layers: [{ '/shared': 'lower' }, { '/own': 'upper' }] })
  await suite.hub.push(above, 'team/above:v1')
  await docker('pull', '-q', `${suite.hub.address}/team/base:v1`)
  const before = suite.hub.requests.length
  const output = await docker('pull', `${suite.hub.address}/team/above:v1`)
  const [first, second, third] = above.layers.map(({ descriptor }) => short(descriptor.digest))
  assert.deepEqual(
    output.split('\n').filter((line) => line.endsWith('Already exists')),
    [`${first}: Already exists`, `${second}: Already exists`],
  )
  assert.match(output, new RegExp(`^${third}: Pull complete$`, 'm'))
  const asked = suite.hub.requests.slice(before).map(({ path }) => path.split('/').slice(-2).join('/'))
  assert.deepEqual(asked, [
    'manifests/v1',
    `blobs/${above.imageId}`,
    `blobs/${above.layers[2]?.descriptor.digest}`,
  ])
})

test('pull() of bad names is refused before any registry is asked', async () => {
  const before = suite.hub.requests.length
  for (const [name, text] of [
    ['UPPER', /repository name \(library\/UPPER\) must be lowercase/],
    ['a b', /invalid reference format/],
    ['busybox:', /invalid reference format/],
    ['busybox@sha256:12', /invalid reference format/],
  ] as const) {
    const { exitCode, stderr } = await suite.run(['pull', name])
    assert.equal(exitCode, 1)
    assert.match(stderr, text)
  }
  assert.equal((await suite.engine.api('POST', '/images/create?fromImage=UPPER&tag=v1')).status, 400)
  assert.equal((await suite.engine.api('POST', '/images/create?fromImage=scratch&tag=latest')).status, 403)
  assert.equal(suite.hub.requests.length, before)
})

test('pull() of names that a registry does not know has the status and the words of Docker, and a hint', async () => {
  await suite.hub.push(await buildImage({ layers: [] }), 'team/known:v1')
  const unknownTag = `manifest for ${suite.hub.address}/team/known:no not found: manifest unknown: manifest unknown`
  const unknownName = `repository ${suite.hub.address}/team/no not found: name unknown: repository name not known to registry`
  for (const [name, message] of [
    ['team/known:no', unknownTag],
    ['team/no:latest', unknownName],
  ] as const) {
    const { exitCode, stderr } = await suite.run(['pull', `${suite.hub.address}/${name}`])
    assert.equal(exitCode, 1)
    assert.equal(stderr, `Error response from daemon: ${message}\n`)
    const [fromImage, tag] = name.split(':')
    const { status, body } = await suite.engine.api(
      'POST',
      `/images/create?fromImage=${suite.hub.address}/${fromImage}&tag=${tag}`,
    )
    assert.equal(status, 404)
    assert.equal((body as { message: string }).message, message)
    const { exitCode: berthCode, stderr: lines } = await suite.engine.berth([
      'pull',
      `${suite.hub.address}/${name}`,
    ])
    assert.equal(berthCode, 1)
    const [words, hint, ...rest] = lines.trimEnd().split('\n')
    assert.equal(words, `Error response from daemon: ${message}`)
    assert.match(hint ?? '', /check/i)
    assert.deepEqual(rest, [])
  }
})
