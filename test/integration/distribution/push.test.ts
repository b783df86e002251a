import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { postForMessages } from '../../fixtures/api-messages.ts'
import { engineSuite } from '../../fixtures/engine-suite.ts'
import { answers, readThenCut, type Fault } from '../../fixtures/faults.ts'
import { startEngine } from '../../fixtures/engine.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { buildImage, buildIndex, busyboxImage } from '../../fixtures/images.ts'
import { runProgram } from '../../fixtures/program.ts'
import { isRegistryInstalled, startDebianRegistry } from './debian-registry.ts'

const suite = engineSuite({ bridge: 'none', isPulled: false })
const { docker } = suite

async function failing(...args: string[]): Promise<string> {
  const { exitCode, stderr } = await suite.run(args)
  assert.equal(exitCode, 1, `docker ${args.join(' ')} did not fail`)
  return stderr.trimEnd()
}

const short = (digest: string | undefined) => digest?.slice('sha256:'.length, 'sha256:'.length + 12)

/** What a registry was asked, as `METHOD path-below-the-repository`, since `from`. */
const asked = (registry: TestHub, from: number) =>
  registry.requests
    .slice(from)
    .map(
      ({ method, path }) =>
        `${method} ${path.replace(/^\/v2\/[^/]+\/[^/]+\//, '').replace(/uploads\/[^?]+/, 'uploads/id')}`,
    )

/** Pulls an image so that it is here as a registry served it. */
async function pulled(name: string, image: Parameters<TestHub['push']>[0]): Promise<string> {
  await suite.hub.push(image, name)
  await docker('pull', '-q', `${suite.hub.address}/${name}`)
  return `${suite.hub.address}/${name}`
}

test('push() sends what the registry lacks, byte for byte, and tells each step', async () => {
  await using target = await startHub()
  const image = await busyboxImage({ layers: [{ '/push': 'first' }] })
  const source = await pulled('team/first:v1', image)
  const name = `${target.address}/team/first:v1`
  await docker('tag', source, name)
  const [lower, upper] = image.config.rootfs.diff_ids.map(short)
  const lines = (await docker('push', name)).split('\n')
  assert.deepEqual(lines.slice(0, 3), [
    `The push refers to repository [${target.address}/team/first]`,
    `${upper}: Preparing`,
    `${lower}: Preparing`,
  ])
  assert.deepEqual(lines.slice(3, -1).sort(), [`${lower}: Pushed`, `${upper}: Pushed`].sort())
  assert.equal(lines.at(-1), `v1: digest: ${image.descriptor.digest} size: ${image.descriptor.size}`)
  const stored = await fetch(`${target.url}/v2/team/first/manifests/v1`)
  assert.deepEqual(Buffer.from(await stored.arrayBuffer()), Buffer.from(image.manifest))
  const digests = await docker('image', 'inspect', '-f', '{{join .RepoDigests "\\n"}}', name)
  assert.match(digests, new RegExp(`^${target.address}/team/first@${image.descriptor.digest}$`, 'm'))
  const before = target.requests.length
  assert.match(await docker('push', name), new RegExp(`^${upper}: Layer already exists$`, 'm'))
  assert.deepEqual(asked(target, before), [`HEAD manifests/${image.descriptor.digest}`, 'PUT manifests/v1'])
  assert.equal(await docker('push', '-q', name), name)
})

test('push() looks for each blob again where the manifest is gone, or is refused', async () => {
  await using target = await startHub()
  const image = await busyboxImage({ layers: [{ '/push': 'again' }] })
  const source = await pulled('team/again:v1', image)
  const name = `${target.address}/team/again:v1`
  await docker('tag', source, name)
  await docker('push', name)
  const manifest = `HEAD manifests/${image.descriptor.digest}`
  const digests = [image.imageId, ...image.layers.map(({ descriptor }) => descriptor.digest)]
  const blobs = digests.map((digest) => `HEAD blobs/${digest}`)
  const put = 'PUT manifests/v1'
  for (const [method, status, lookedFor] of [
    ['HEAD', 404, [manifest, ...blobs, put]],
    // As a registry answers that has lost a blob.
    ['PUT', 400, [manifest, put, ...blobs, put]],
    ['PUT', 404, [manifest, put, ...blobs, put]],
  ] as const) {
    const before = target.requests.length
    using _ = target.inject({ path: '/manifests/', method, times: 1, fault: answers(status) })
    assert.match(await docker('push', name), /: Layer already exists\nv1: digest: /)
    assert.deepEqual(asked(target, before).sort(), [...lookedFor].sort(), `${method} ${status}`)
  }
})

test('push() mounts what another repository of the registry has', async () => {
  const image = await busyboxImage({ layers: [{ '/push': 'mounted' }] })
  const source = await pulled('team/origin:v1', image)
  const name = `${suite.hub.address}/team/copy:v1`
  await docker('tag', source, name)
  const before = suite.hub.requests.length
  const output = await docker('push', name)
  assert.match(
    output,
    new RegExp(`^${short(image.config.rootfs.diff_ids[1])}: Mounted from team/origin$`, 'm'),
  )
  assert.equal(asked(suite.hub, before).filter((line) => /^(PATCH|PUT blobs)/.test(line)).length, 0)
})

test('push -a sends every tag of a repository', async () => {
  await using target = await startHub()
  const source = await pulled('team/all:v1', await busyboxImage({ layers: [{ '/push': 'all' }] }))
  for (const tag of ['v1', 'v2', 'latest']) await docker('tag', source, `${target.address}/team/all:${tag}`)
  const output = await docker('push', '-a', `${target.address}/team/all`)
  const order = [...output.matchAll(/^(\S+): digest: /gm)].map(([, tag]) => tag)
  assert.deepEqual(order, ['latest', 'v1', 'v2'])
  const { tags } = (await (await fetch(`${target.url}/v2/team/all/tags/list`)).json()) as { tags: string[] }
  assert.deepEqual(tags, ['latest', 'v1', 'v2'])
})

test('push() of an index that is not all here sends the one image, and says so', async () => {
  await using target = await startHub()
  const own = await busyboxImage({ layers: [{ '/push': 'own' }] })
  const arm = await buildImage({
    platform: { os: 'linux', architecture: 'arm64' },
    layers: [{ '/push': 'arm' }],
  })
  const index = buildIndex([own, arm])
  const source = await pulled('team/index:v1', index)
  const name = `${target.address}/team/index:v1`
  await docker('tag', source, name)
  const output = stripVTControlCharacters(await docker('push', name))
  assert.match(output, new RegExp(`^v1: digest: ${own.descriptor.digest}`, 'm'))
  assert.match(output, new RegExp(`${index.descriptor.digest} -> ${own.descriptor.digest}`))
  await docker('pull', '-q', '--platform', 'linux/arm64', source)
  await docker('tag', source, name)
  assert.match(await docker('push', name), new RegExp(`^v1: digest: ${index.descriptor.digest}`, 'm'))
  const { manifests } = (await (await fetch(`${target.url}/v2/team/index/manifests/v1`)).json()) as {
    manifests: unknown[]
  }
  assert.equal(manifests.length, 2)
  const chosen = await docker('push', '--platform', 'linux/arm64', name)
  assert.match(chosen, new RegExp(`^v1: digest: ${arm.descriptor.digest}`, 'm'))
  assert.match(
    await failing('push', '--platform', 'linux/s390x', name),
    /was found but does not provide the specified platform \(linux\/s390x\)$/,
  )
})

test('push() compresses the layers of an image that was made here, once', async () => {
  await using target = await startHub()
  const image = await busyboxImage({ layers: [{ '/push': 'raw'.repeat(1000) }], compression: 'none' })
  const archive = `${suite.engine.dataRoot}/raw.tar`
  await suite.hub.push(image, 'team/raw:v1')
  await docker('pull', '-q', `${suite.hub.address}/team/raw:v1`)
  await docker('save', '-o', archive, `${suite.hub.address}/team/raw:v1`)
  await docker('rmi', `${suite.hub.address}/team/raw:v1`)
  await docker('load', '-i', archive)
  const name = `${target.address}/team/raw:v1`
  await docker('tag', `${suite.hub.address}/team/raw:v1`, name)
  const [, digest] = /^v1: digest: (\S+)/m.exec(await docker('push', name)) ?? []
  const { layers } = (await (await fetch(`${target.url}/v2/team/raw/manifests/v1`)).json()) as {
    layers: { mediaType: string; digest: string }[]
  }
  assert.deepEqual(
    layers.map(({ mediaType }) => mediaType),
    layers.map(() => 'application/vnd.oci.image.layer.v1.tar+gzip'),
  )
  const blob = await fetch(`${target.url}/v2/team/raw/blobs/${layers[1]?.digest}`)
  assert.deepEqual(gunzipSync(await blob.arrayBuffer()), Buffer.from(image.layers[1]?.tar ?? []))
  assert.match(await docker('push', name), new RegExp(`^v1: digest: ${digest}`, 'm'))
  assert.equal(await docker('image', 'inspect', '-f', '{{.Id}}', name), image.imageId)
  await docker('rmi', name, `${suite.hub.address}/team/raw:v1`)
  await docker('pull', '-q', name)
  assert.equal(await docker('run', '--rm', '--network', 'none', name, 'head', '-c', '3', '/push'), 'raw')
})

test('push() of what is not here is told in the words of Docker', async () => {
  const source = await pulled('team/names:v1', await busyboxImage({ layers: [{ '/push': 'names' }] }))
  assert.match(
    await failing('push', `${suite.hub.address}/team/unknown:v1`),
    new RegExp(`^An image does not exist locally with the tag: ${suite.hub.address}/team/unknown$`, 'm'),
  )
  assert.match(
    await failing('push', `${suite.hub.address}/team/names:v2`),
    new RegExp(`^tag does not exist: ${suite.hub.address}/team/names:v2$`, 'm'),
  )
  assert.match(
    await failing('push', `${source.replace(':v1', '')}@sha256:${'0'.repeat(64)}`),
    /cannot push a digest reference/,
  )
})

test('push() that a registry refuses is told in the words of Docker', async () => {
  const source = await pulled('team/refused:v1', await busyboxImage({ layers: [{ '/push': 'refused' }] }))
  const name = `${suite.hub.address}/team/other:v1`
  await docker('tag', source, name)
  for (const [status, code, text] of [
    [401, 'UNAUTHORIZED', 'unauthorized: authentication required'],
    [403, 'DENIED', 'denied: requested access to the resource is denied'],
  ] as const) {
    const body = JSON.stringify({ errors: [{ code, message: text.slice(text.indexOf(': ') + 2) }] })
    using _ = suite.hub.inject({ path: '/team/other/', method: 'POST', fault: answers(status, { body }) })
    assert.match(await failing('push', name), new RegExp(`^${text}$`, 'm'))
  }
})

test('push() goes on after lines that are cut, and after a registry that has forgotten the upload', async () => {
  const megabytes = Buffer.alloc(24 * 1024 * 1024, 'berth ')
  for (let i = 0; i < megabytes.length; i += 4096) megabytes.writeUInt32LE((Math.random() * 2 ** 32) >>> 0, i)
  const image = await busyboxImage({ layers: [{ '/big': megabytes }], compression: 'none' })
  const source = await pulled('team/big:v1', image)
  await using target = await startHub()
  const name = `${target.address}/team/big:v1`
  await docker('tag', source, name)
  using _cut = target.inject({
    path: '/blobs/uploads/',
    method: 'PATCH',
    times: 1,
    fault: readThenCut(5_000_000),
  })
  using _lost = target.inject({ path: '/blobs/uploads/', method: 'PATCH', times: 1, fault: answers(404) })
  assert.match(await docker('push', name), new RegExp(`^v1: digest: ${image.descriptor.digest}`, 'm'))
})

test('push() to the registry of Debian is pulled by skopeo as it was', async (t) => {
  if (!(await isRegistryInstalled())) return t.skip('docker-registry is not on PATH')
  await using registry = await startDebianRegistry()
  const image = await busyboxImage({
    layers: [{ '/push': Buffer.alloc(2_000_000, 'x') }],
    mediaTypes: 'docker',
  })
  const source = await pulled('team/debian:v1', image)
  const name = `${registry.address}/team/debian:v1`
  await docker('tag', source, name)
  await docker('tag', source, `${registry.address}/team/mounted:v1`)
  assert.match(await docker('push', name), new RegExp(`^v1: digest: ${image.descriptor.digest}`, 'm'))
  assert.match(await docker('push', `${registry.address}/team/mounted:v1`), /: Mounted from team\/debian$/m)
  const inspected = await runProgram(['skopeo', 'inspect', '--tls-verify=false', `docker://${name}`])
  assert.equal(inspected.exitCode, 0, inspected.stderr)
  assert.equal((JSON.parse(inspected.stdout) as { Digest: string }).Digest, image.descriptor.digest)
})

test('push() sends five blobs at a time, or as many as it is told, and ends with what was pushed', async () => {
  const contents = Array.from({ length: 8 }, (_, index) => ({ [`/part${index}`]: randomBytes(300_000) }))
  const image = await buildImage({ layers: contents })
  const source = await pulled('team/parts:v1', image)
  for (const [limit, flags] of [
    [5, []],
    [2, ['--max-concurrent-uploads', '2']],
  ] as const) {
    await using target = await startHub()
    let current = 0
    let most = 0
    const reached = Promise.withResolvers<void>()
    const counting: Fault = async ({ request, response, origin }) => {
      most = Math.max(most, ++current)
      if (most >= limit) reached.resolve()
      // The first stay until as many as may have come, and a little longer for one that may not.
      await Promise.race([reached.promise, sleep(10_000)])
      await sleep(150)
      const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
      const headers = { 'content-type': 'application/octet-stream' }
      const answer = await fetch(origin + request.url, { method: 'PUT', body, headers })
      current--
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end()
    }
    using _ = target.inject({ path: '/uploads/', method: 'PUT', fault: counting })
    await using own = await startEngine({ bridge: 'none', flags })
    await own.docker(['pull', '-q', source])
    await own.docker(['tag', source, `${target.address}/team/parts:v1`])
    const path = `/images/${target.address}/team/parts/push?tag=v1`
    const messages = await postForMessages(own, path)
    const { digest, size } = image.descriptor
    assert.deepEqual(messages.at(-1)?.aux, { Tag: 'v1', Digest: digest, Size: size })
    assert.equal(messages.at(-2)?.status, `v1: digest: ${digest} size: ${size}`)
    assert.equal(most, limit)
  }
})
