import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { test } from 'node:test'
import { digestOf, mediaTypes, type Descriptor } from '@berth/oci'
import { eventually } from '@berth/stdx/testsuite'
import { atRest } from '../../fixtures/at-rest.ts'
import { engineSuite } from '../../fixtures/engine-suite.ts'
import { answers, cutAfter, pausing, slow, type Fault } from '../../fixtures/faults.ts'
import { buildImage, type BuiltImage } from '../../fixtures/images.ts'
import { storedContent } from '../../fixtures/stored-content.ts'

const layerBytes = 512 * 1024
/** What a socket's two ends may hold. */
const lineBytesMax = 128 * 1024
/** One and a half seconds for a layer. */
const slowly = slow({ chunkBytes: 32 * 1024, delayMs: 100 })
/** Half of what is left of a layer, and the line stays. */
const halfOnly = pausing(new Promise(() => undefined))

const suite = engineSuite({ bridge: 'none', isPulled: false })

const nameOf = (tag: string) => `${suite.hub.address}/team/app:${tag}`
const pull = (tag: string) => suite.run(['pull', nameOf(tag)])
const ingestOf = ({ digest }: Descriptor) => `layer ${digest}`

/** An image whose layer no other has, so that nothing of it is there. */
async function pushNew(tag: string): Promise<{ image: BuiltImage; layer: Descriptor }> {
  const image = await buildImage({ layers: [{ '/noise': randomBytes(layerBytes) }], compression: 'none' })
  await suite.hub.push(image, `team/app:${tag}`)
  return { image, layer: image.layers[0]?.descriptor ?? assert.fail() }
}

const requestsFor = ({ digest }: Descriptor) => suite.hub.requests.filter(({ path }) => path.endsWith(digest))
const rangesOf = (layer: Descriptor) =>
  requestsFor(layer).map(({ headers }) =>
    Number(/^bytes=(\d+)-$/.exec(String(headers['range'] ?? 'bytes=0-'))?.[1]),
  )

/** A pull by a client that can leave. */
async function beginPull(tag: string) {
  const path = `/images/create?fromImage=${encodeURIComponent(`${suite.hub.address}/team/app`)}&tag=${tag}`
  const asked = request({ socketPath: suite.engine.host.slice('unix://'.length), method: 'POST', path })
  asked.on('error', () => undefined)
  asked.end()
  const [response] = (await once(asked, 'response')) as [AsyncIterable<Buffer>]
  return {
    leave: () => asked.destroy(),
    rest: () => Array.fromAsync(response).then((chunks) => Buffer.concat(chunks).toString()),
  }
}

const untilArrived = (layer: Descriptor, bytes: number) =>
  eventually(async () => {
    const { [ingestOf(layer)]: arrived = 0 } = (await storedContent(suite.engine)).ingests
    assert.ok(arrived >= bytes, `${arrived} of ${bytes} bytes have arrived`)
  }, 10_000)

test('pulls of one image at the same time fetch each blob once', async () => {
  const { image, layer } = await pushNew('crowd')
  using _ = suite.hub.inject({ path: layer.digest, fault: slowly })
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => pull('crowd')))
  for (const { exitCode, stdout, stderr } of outcomes) {
    assert.equal(exitCode, 0, stderr)
    assert.match(
      stdout,
      /Pull complete\nDigest: sha256:[0-9a-f]{64}\nStatus: (Downloaded newer image|Image is up to date) for /,
    )
  }
  assert.equal(requestsFor(layer).length, 1)
  assert.equal(requestsFor({ ...layer, digest: image.imageId }).length, 1)
})

test('pulls at the same time of images that tell different things of one blob do not harm each other', async () => {
  const { image, layer } = await pushNew('true')
  const bytes = Buffer.from(JSON.stringify({ ...image.config, rootfs: { diff_ids: [digestOf('a lie')] } }))
  const config = { ...layer, mediaType: mediaTypes.ociConfig, digest: digestOf(bytes), size: bytes.length }
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [layer] }
  const liar = {
    blobs: [bytes],
    manifests: [{ mediaType: mediaTypes.ociManifest, bytes: Buffer.from(JSON.stringify(manifest)) }],
  }
  await suite.hub.push(liar, 'team/app:liar')
  using _ = suite.hub.inject({ path: layer.digest, fault: slowly })
  const [sound, refused] = await Promise.all([pull('true'), pull('liar')])
  assert.equal(sound.exitCode, 0, sound.stderr)
  assert.match(refused.stderr, /its content has digest .*, the image config says/)
  assert.equal(requestsFor(layer).length, 1)
})

test('a client that leaves does not disturb the pulls of others', async () => {
  const { layer } = await pushNew('leaver')
  const hold = Promise.withResolvers<void>()
  using _ = suite.hub.inject({ path: layer.digest, fault: pausing(hold.promise) })
  const first = await beginPull('leaver')
  const second = await beginPull('leaver')
  await untilArrived(layer, 1)
  first.leave()
  hold.resolve()
  assert.match(await second.rest(), /Status: Downloaded newer image/)
  assert.deepEqual(rangesOf(layer), [0])
})

test('the last client that leaves stops the pull, and the next one goes on from there', async () => {
  const { layer } = await pushNew('left')
  {
    const stopped = Promise.withResolvers<void>()
    const fault: Fault = async (exchange) => {
      exchange.response.once('close', stopped.resolve)
      await halfOnly(exchange)
    }
    using _ = suite.hub.inject({ path: layer.digest, fault })
    const clients = [await beginPull('left'), await beginPull('left')]
    await untilArrived(layer, layerBytes / 8)
    for (const client of clients) client.leave()
    await stopped.promise
    await atRest(() => storedContent(suite.engine))
  }
  const { ingests, images, staged } = await storedContent(suite.engine)
  const arrived = ingests[ingestOf(layer)] ?? 0
  assert.ok(arrived >= layerBytes / 8 && arrived < layerBytes, `${arrived} bytes`)
  assert.deepEqual(staged, [])
  assert.equal((await suite.run(['images', '-q', nameOf('left')])).stdout, '')
  assert.equal((await pull('left')).exitCode, 0)
  assert.deepEqual(rangesOf(layer), [0, arrived])
  assert.equal((await storedContent(suite.engine)).images.length, images.length + 1)
})

test('a client that leaves and comes back at once meets no pull of its own', async () => {
  const { layer } = await pushNew('back')
  using _ = suite.hub.inject({ path: layer.digest, fault: halfOnly, times: 3 })
  for (let round = 1; round <= 3; round++) {
    const client = await beginPull('back')
    await untilArrived(layer, layerBytes * (1 - 1 / 2 ** round))
    client.leave()
  }
  const { exitCode, stderr } = await pull('back')
  assert.equal(exitCode, 0, stderr)
})

test('an engine that is killed in a pull leaves no half image, and the next one goes on from there', async () => {
  const { layer } = await pushNew('killed')
  {
    using _ = suite.hub.inject({ path: layer.digest, fault: halfOnly })
    const client = pull('killed')
    await untilArrived(layer, layerBytes / 4)
    await suite.engine.kill()
    assert.equal((await client).exitCode, 1)
  }
  await suite.engine.start()
  const { ingests, staged } = await storedContent(suite.engine)
  assert.ok((ingests[ingestOf(layer)] ?? 0) >= layerBytes / 4)
  assert.deepEqual(staged, [])
  assert.equal((await suite.run(['images', '-q', nameOf('killed')])).stdout, '')
  const { exitCode, stderr } = await pull('killed')
  assert.equal(exitCode, 0, stderr)
  assert.deepEqual(rangesOf(layer), [0, ingests[ingestOf(layer)]])
  assert.deepEqual((await storedContent(suite.engine)).ingests, {})
})

test('a line that is cut at any tenth of a layer is taken up where it was', async () => {
  const tenths = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
  await Promise.all(
    tenths.map(async (tenth) => {
      const { layer } = await pushNew(`cut${tenth}`)
      const at = Math.floor((layer.size * tenth) / 10)
      using _ = suite.hub.inject({ path: layer.digest, times: 1, fault: cutAfter(at) })
      const { exitCode, stdout, stderr } = await pull(`cut${tenth}`)
      assert.equal(exitCode, 0, stderr)
      assert.match(stdout, /: Retrying in \d+ seconds?\n/)
      const [first, second = 0, ...more] = rangesOf(layer)
      // What was on the line when it was cut may be lost.
      assert.ok(second <= at && second >= at - lineBytesMax, `from ${second}, cut at ${at}`)
      assert.deepEqual([first, more], [0, []])
    }),
  )
})

test('a registry that answers 500 or 429 for a moment is asked again when it said', async () => {
  const faults = [answers(500), answers(503), answers(429, { headers: { 'Retry-After': '2' } })]
  const elapsed = await Promise.all(
    faults.map(async (fault, index) => {
      const { layer } = await pushNew(`busy${index}`)
      using _manifest = suite.hub.inject({
        path: `/manifests/busy${index}`,
        times: index === 0 ? 1 : 0,
        fault,
      })
      using _layer = suite.hub.inject({ path: layer.digest, times: 1, fault })
      const start = performance.now()
      const { exitCode, stdout, stderr } = await pull(`busy${index}`)
      assert.equal(exitCode, 0, stderr)
      assert.match(stdout, /: Retrying in \d+ seconds?\n/)
      assert.deepEqual(rangesOf(layer), [0, 0])
      return performance.now() - start
    }),
  )
  assert.ok(Number(elapsed[2]) >= 2000, elapsed.join(', '))
})
