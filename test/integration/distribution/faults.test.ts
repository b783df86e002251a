import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import type { Descriptor } from '@berth/oci'
import type { AccessPolicy } from '@berth/registry-server'
import { eventually } from '@berth/stdx/testsuite'
import { engineSuite } from '../../fixtures/engine-suite.ts'
import { startEngine } from '../../fixtures/engine.ts'
import { answers, cutAfter, readThenCut, slow, type Fault } from '../../fixtures/faults.ts'
import { startHub } from '../../fixtures/hub.ts'
import { buildImage, type BuiltImage } from '../../fixtures/images.ts'
import { storedContent } from '../../fixtures/stored-content.ts'
import { startTokenService } from './token-service.ts'

/** Large enough to be unpacked while it arrives. */
const layerBytes = 4 * 1024 * 1024

const suite = engineSuite({ bridge: 'none', isPulled: false })
const { docker } = suite

async function newImage(
  name: string,
  layers = 1,
): Promise<{ image: BuiltImage; layer: Descriptor; name: string }> {
  const contents = Array.from({ length: layers }, (_, index) => ({
    [`/noise${index}`]: randomBytes(layerBytes),
  }))
  const image = await buildImage({ layers: contents })
  await suite.hub.push(image, name)
  return { image, layer: image.layers[0]?.descriptor ?? assert.fail(), name: `${suite.hub.address}/${name}` }
}

/** The layer is whole: what was unpacked has the digest that the config names. */
async function assertWhole({ image, name }: { image: BuiltImage; name: string }): Promise<void> {
  assert.equal(await docker('image', 'inspect', '-f', '{{.Id}}', name), image.imageId)
  const { layers, staged, ingests } = await storedContent(suite.engine)
  for (const diffId of image.config.rootfs.diff_ids)
    assert.ok(layers.includes(diffId.slice('sha256:'.length)))
  assert.deepEqual(staged, [])
  assert.deepEqual(ingests, {})
}

/** Answers every range as if none was asked for. */
const wholeAlways: Fault = async ({ request, response, origin }) => {
  const real = await fetch(origin + request.url)
  response.writeHead(200, { 'Content-Length': real.headers.get('content-length') ?? '' })
  response.end(Buffer.from(await real.arrayBuffer()))
}

/** Says of a range that it is another. */
const wrongRange: Fault = async ({ request, response, origin }) => {
  const real = await fetch(origin + request.url)
  const body = Buffer.from(await real.arrayBuffer())
  response.writeHead(206, {
    'Content-Range': `bytes 1-${body.length - 1}/${body.length}`,
    'Content-Length': body.length - 1,
  })
  response.end(body.subarray(1))
}

for (const [what, fault] of [
  ['ignores ranges', wholeAlways],
  ['gives another range than was asked for', wrongRange],
] as const) {
  test(`a layer that is unpacked while it arrives starts over when a registry ${what}`, async () => {
    const made = await newImage(`team/f17:${what.split(' ')[0]}`)
    using _cut = suite.hub.inject({ path: made.layer.digest, times: 1, fault: cutAfter(2_000_000) })
    using _odd = suite.hub.inject({ path: made.layer.digest, times: 1, fault })
    await docker('pull', '-q', made.name)
    await assertWhole(made)
  })
}

test('a layer that is unpacked while it arrives goes on after a line that is cut', async () => {
  const made = await newImage('team/f16:v1', 3)
  using _cut = suite.hub.inject({ path: made.layer.digest, times: 3, fault: cutAfter(1_200_000) })
  await docker('pull', '-q', made.name)
  await assertWhole(made)
})

test('a client that leaves while a layer is unpacked as it arrives leaves no half layer', async () => {
  const made = await newImage('team/leaves:v1')
  const fault = slow({ chunkBytes: 256 * 1024, delayMs: 100 })
  using _slow = suite.hub.inject({ path: made.layer.digest, times: 1, fault })
  const client = spawn('docker', ['-H', suite.engine.host, 'pull', made.name], { stdio: 'ignore' })
  const staged = async () => (await storedContent(suite.engine)).staged.length
  await eventually(async () => assert.equal(await staged(), 1), 10_000)
  client.kill('SIGKILL')
  await once(client, 'exit')
  await eventually(async () => assert.equal(await staged(), 0), 10_000)
  await docker('pull', '-q', made.name)
  await assertWhole(made)
})

test('an engine that is killed in a push sends afterwards only what is missing, and no tag before all is there', async () => {
  const made = await newImage('team/f2:v1', 3)
  await docker('pull', '-q', made.name)
  await using target = await startHub()
  const name = `${target.address}/team/f2:v1`
  await docker('tag', made.name, name)
  const upper = made.image.layers[2]?.descriptor ?? assert.fail()
  const hanging = target.inject({ path: '/uploads/', method: 'PATCH', times: 1, fault: hang })
  const pushing = suite.run(['push', name])
  const isThere = async ({ digest }: Descriptor) =>
    (await fetch(`${target.url}/v2/team/f2/blobs/${digest}`, { method: 'HEAD' })).ok
  const present = async () => {
    const found = await Promise.all(made.image.layers.map(({ descriptor }) => isThere(descriptor)))
    return found.filter(Boolean).length
  }
  await eventually(async () => assert.equal(await present(), 2), 10_000)
  await suite.engine.kill()
  assert.notEqual((await pushing).exitCode, 0)
  hanging[Symbol.dispose]()
  assert.equal((await fetch(`${target.url}/v2/team/f2/manifests/v1`)).status, 404)
  await suite.engine.start()
  const before = target.requests.length
  assert.match(await docker('push', name), new RegExp(`^v1: digest: ${made.image.descriptor.digest}`, 'm'))
  const patches = target.requests.slice(before).filter(({ method }) => method === 'PATCH')
  assert.equal(patches.length, 1)
  assert.ok(await isThere(upper))
})

const hang: Fault = async ({ request }) => {
  for await (const _ of request) {
    // Takes everything and never answers.
  }
}

// Together: each has registries of its own, and waits for most of its time.
describe('registries that fail', { concurrency: true }, () => {
  test('a registry that answers 429 and 500 for a moment is pushed to when it said', async () => {
    const made = await newImage('team/f20:v1')
    await docker('pull', '-q', made.name)
    await using target = await startHub()
    const name = `${target.address}/team/f20:v1`
    await docker('tag', made.name, name)
    using _busy = target.inject({
      path: '/uploads/',
      method: 'POST',
      // For the layer and for the config.
      times: 2,
      fault: answers(429, { headers: { 'Retry-After': '2' } }),
    })
    using _broken = target.inject({ path: '/manifests/', method: 'PUT', times: 1, fault: answers(500) })
    const startMs = performance.now()
    const output = await docker('push', name)
    assert.ok(performance.now() - startMs >= 2_000)
    assert.match(output, /: Retrying in 2 seconds$/m)
  })

  test('a push that is always cut ends with an error, and the next one works', async () => {
    const made = await newImage('team/f16push:v1')
    await docker('pull', '-q', made.name)
    await using target = await startHub()
    const name = `${target.address}/team/f16push:v1`
    await docker('tag', made.name, name)
    {
      using _ = target.inject({ path: '/uploads/', method: 'PATCH', fault: readThenCut(100_000) })
      const { exitCode, stderr } = await suite.run(['push', name])
      assert.equal(exitCode, 1)
      assert.match(
        stderr,
        /^Patch "http:\/\/.*\/v2\/": (read: connection reset by peer|write: broken pipe|socket hang up)/m,
      )
    }
    assert.match(await docker('push', name), /^v1: digest: /m)
  })

  test('mirrors that are down, silent for one or refusing cost a pull little, and are remembered', async () => {
    await using up = await startHub()
    await using broken = await startHub()
    await using gone = await startHub()
    await gone[Symbol.asyncDispose]()
    for (const tag of ['v1', 'v2', 'v3'])
      await up.push(await buildImage({ layers: [{ '/tag': tag }] }), `library/f24:${tag}`)
    using _ = broken.inject({ path: /./, fault: answers(502) })
    const mirrors = [gone.url, broken.url, up.url].flatMap((url) => ['--registry-mirror', url])
    await using own = await startEngine({ bridge: 'none', flags: mirrors })
    const pull = async (tag: string) => {
      const startMs = performance.now()
      const { exitCode, stderr } = await own.docker(['pull', '-q', `f24:${tag}`])
      assert.equal(exitCode, 0, stderr)
      return performance.now() - startMs
    }
    await pull('v1')
    const asked = broken.requests.length
    assert.ok((await pull('v2')) < 10_000)
    assert.ok((await pull('v3')) < 10_000)
    assert.equal(broken.requests.length, asked)
  })

  test('a token that expires between two layers is renewed once', async () => {
    let issued = 0
    let served = 0
    const access: AccessPolicy = {
      async grant({ authorization }) {
        const isGood = authorization === `Bearer t${issued}` && (served += 1) !== 3
        const challenge = `Bearer realm="http://${realm.address}/token",service="test",scope="repository:team/f23:pull"`
        return { allows: () => isGood, challenge: () => challenge }
      },
    }
    const realm = await startTokenService(() => `t${++issued}`)
    await using _realm = realm
    await using guarded = await startHub({ access })
    const image = await buildImage({ layers: [{ '/a': 'a' }, { '/b': 'b' }, { '/c': 'c' }] })
    await guarded.push(image, 'team/f23:v1')
    await docker('pull', '-q', `${guarded.address}/team/f23:v1`)
    assert.equal(issued, 2)
  })
})
