import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Descriptor } from '@berth/oci'
import { eventually } from '@berth/stdx/testsuite'
import { postForMessages, type ApiMessage } from '../../fixtures/api-messages.ts'
import { atRest } from '../../fixtures/at-rest.ts'
import { engineSuite } from '../../fixtures/engine-suite.ts'
import { answers, corrupted, cutAfter, slow, truncatedTo, type Fault } from '../../fixtures/faults.ts'
import { startHub } from '../../fixtures/hub.ts'
import { buildImage, type BuiltImage } from '../../fixtures/images.ts'
import { storedContent } from '../../fixtures/stored-content.ts'

const suite = engineSuite({ bridge: 'none', isPulled: false })

async function newImage(name: string, layers = 2, layerBytes = 100_000): Promise<BuiltImage> {
  const contents = Array.from({ length: layers }, (_, index) => ({
    [`/noise${index}`]: randomBytes(layerBytes),
  }))
  const image = await buildImage({ layers: contents })
  await suite.hub.push(image, name)
  return image
}

const layerOf = (image: BuiltImage, index: number): Descriptor =>
  image.layers[index]?.descriptor ?? assert.fail()

const requestsFor = ({ digest }: { digest: string }) =>
  suite.hub.requests.filter(({ path }) => path.endsWith(digest))

/** The messages of a pull over the API; the client leaves when the signal is aborted. */
function pull(name: string, signal?: AbortSignal): Promise<ApiMessage[]> {
  const [fromImage = '', tag = ''] = name.split(':')
  const query = new URLSearchParams({ fromImage: `${suite.hub.address}/${fromImage}`, tag })
  return postForMessages(suite.engine, `/images/create?${query}`, signal)
}

const retries = (messages: readonly ApiMessage[]) =>
  messages.flatMap(({ status = '', id = '' }) =>
    status.startsWith('Retrying in') ? [`${id}: ${status}`] : [],
  )

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString()

const busy: [what: string, status: number, retryAfter?: () => string][] = [
  ['408', 408],
  ['429-seconds', 429, () => '1'],
  ['429-date', 429, () => inSeconds(2)],
  ['500', 500],
  ['502', 502],
  ['503-seconds', 503, () => '1'],
  ['504', 504],
]

test('a registry that is busy for a moment is waited for as it says, and the wait is shown', async () => {
  await Promise.all(busy.map((answer) => pullFromBusy(...answer)))
})

async function pullFromBusy(what: string, status: number, retryAfter?: () => string): Promise<void> {
  const image = await newImage(`team/f20:${what}`, 1)
  const layer = layerOf(image, 0)
  // A date is one when it is sent.
  const fault: Fault = (exchange) =>
    answers(status, { headers: retryAfter ? { 'Retry-After': retryAfter() } : {} })(exchange)
  using _manifest = suite.hub.inject({ path: `/manifests/${what}`, times: 1, fault })
  using _layer = suite.hub.inject({ path: layer.digest, times: 1, fault })
  const messages = await pull(`team/f20:${what}`)
  assert.match(String(messages.at(-1)?.status), /^Status: Downloaded newer image/, what)
  const [first = '', second = '', ...more] = retries(messages)
  assert.match(first, new RegExp(`^${what}: Retrying in [12] seconds?$`))
  assert.match(second, /^[0-9a-f]{12}: Retrying in [12] seconds?$/, what)
  assert.deepEqual(more, [], what)
  assert.equal(requestsFor(layer).length, 2, what)
}

/** More than was announced, on a line that is closed after it. */
const overlong: Fault = async ({ request: { url }, response, origin }) => {
  const body = Buffer.from(await (await fetch(origin + url)).arrayBuffer())
  response.writeHead(200, { Connection: 'close' })
  response.end(Buffer.concat([body, Buffer.from('more')]))
}

const wrongLength: Fault = async ({ request: { url }, response, origin }) => {
  const body = Buffer.from(await (await fetch(origin + url)).arrayBuffer())
  response.writeHead(200, { 'Content-Length': body.length + 7 })
  response.end(Buffer.concat([body, Buffer.alloc(7)]))
}

for (const [what, fault] of [
  ['truncated', truncatedTo(50_000)],
  ['corrupted', corrupted()],
  ['longer than the manifest says', overlong],
  ['of another Content-Length', wrongLength],
] as const) {
  test(`a layer that is ${what} ends the pull with its digest, leaves nothing, and the next works`, async () => {
    const name = `team/f18:${what.split(' ').at(-1)?.toLowerCase()}`
    const image = await newImage(name)
    const bad = layerOf(image, 1)
    {
      using _ = suite.hub.inject({ path: bad.digest, fault })
      const messages = await pull(name)
      assert.match(String(messages.at(-1)?.error), new RegExp(bad.digest))
    }
    const { ingests, staged } = await storedContent(suite.engine)
    assert.deepEqual([ingests, staged], [{}, []])
    const messages = await pull(name)
    assert.match(String(messages.at(-1)?.status), /^Status: Downloaded newer image/)
  })
}

/** From now on it is asked before the hub of this file. */
async function asMirror(mirror: { url: string }): Promise<AsyncDisposable> {
  const folder = join('/etc/berth/certs.d', suite.hub.address.replace(/:(\d+)$/, '_$1_'))
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'hosts.toml'), `[host."${mirror.url}"]\ncapabilities = ["pull", "resolve"]\n`)
  return { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

test('a mirror that dies in the middle of a blob leaves the rest of it, and no more, to the registry', async () => {
  await using mirror = await startHub()
  const image = await newImage('team/f24:dies', 1, 2_000_000)
  await mirror.push(image, 'team/f24:dies')
  await using _mirror = await asMirror(mirror)
  const layer = layerOf(image, 0)
  const dies: Fault = async (exchange) => {
    await cutAfter(1_500_000)(exchange)
    await mirror[Symbol.asyncDispose]()
  }
  using _death = mirror.inject({ path: layer.digest, fault: dies })
  const messages = await pull('team/f24:dies')
  assert.match(String(messages.at(-1)?.status), /^Status: Downloaded newer image/)
  const [rest, ...more] = requestsFor(layer)
  assert.deepEqual(more, [])
  const start = Number(/^bytes=(\d+)-$/.exec(String(rest?.headers['range']))?.[1])
  assert.ok(start > 0 && start <= 1_500_000, `asked from ${start}`)
})

for (const [what, fault] of [
  ['404', answers(404)],
  ['500', answers(500)],
  ['401', answers(401)],
  ['a page of HTML', answers(200, { headers: { 'Content-Type': 'text/html' }, body: '<html>log in</html>' })],
] as const) {
  test(`a mirror that answers everything with ${what} is passed over`, async () => {
    await using mirror = await startHub()
    const tag = what.replaceAll(' ', '-').toLowerCase()
    const image = await newImage(`team/f24:${tag}`, 1)
    using _fault = mirror.inject({ path: /./, fault })
    await using _mirror = await asMirror(mirror)
    const messages = await pull(`team/f24:${tag}`)
    assert.match(String(messages.at(-1)?.status), /^Status: Downloaded newer image/)
    assert.ok(requestsFor({ digest: image.imageId }).length > 0)
    assert.equal(requestsFor(layerOf(image, 0)).length, 1)
  })
}

test('a mirror that keeps blobs wrongly costs a second download, from the registry itself', async () => {
  await using mirror = await startHub()
  const image = await newImage('team/f18:mirrored')
  await mirror.push(image, 'team/f18:mirrored')
  await using _mirror = await asMirror(mirror)
  using _config = mirror.inject({ path: image.imageId, fault: corrupted() })
  using _layer = mirror.inject({ path: layerOf(image, 1).digest, fault: corrupted() })
  const messages = await pull('team/f18:mirrored')
  assert.match(String(messages.at(-1)?.status), /^Status: Downloaded newer image/)
  assert.equal(requestsFor({ digest: image.imageId }).length, 1)
  assert.equal(requestsFor(layerOf(image, 1)).length, 1)
  assert.equal(requestsFor(layerOf(image, 0)).length, 0)
})

test('a manifest that changes between two looks is what came, by its own digest', async () => {
  const [first, second] = [await newImage('team/f19:first', 1), await newImage('team/f19:second', 1)]
  await suite.hub.push(first, 'team/f19:moving')
  const { digest } = first.descriptor
  const moved: Fault = async ({ response }) => {
    response.writeHead(200, { 'Content-Type': second.descriptor.mediaType, 'Docker-Content-Digest': digest })
    response.end(second.manifest)
  }
  using _ = suite.hub.inject({ path: '/team/f19/manifests/moving', fault: moved })
  const messages = await pull('team/f19:moving')
  assert.ok(messages.some(({ status }) => status === `Digest: ${second.descriptor.digest}`))
  const byDigest = suite.hub.inject({ path: `/team/f19/manifests/${digest}`, fault: moved })
  const { status, body } = await suite.engine.api(
    'POST',
    `/images/create?${new URLSearchParams({ fromImage: `${suite.hub.address}/team/f19`, tag: digest })}`,
  )
  byDigest[Symbol.dispose]()
  assert.notEqual(status, 200)
  assert.match(JSON.stringify(body), new RegExp(`Cannot verify manifest ${digest}`))
})

const slowly = slow({ chunkBytes: 64 * 1024, delayMs: 40 })

test('a hundred pulls of one image fetch each blob once and all see it to the end, though some leave', async () => {
  const image = await newImage('team/f25:v1', 3, 600_000)
  const gate = Promise.withResolvers<void>()
  const behindGate: Fault = async (exchange) => {
    await gate.promise
    await slowly(exchange)
  }
  using _ = suite.hub.inject({
    path: new RegExp(image.layers.map(({ descriptor }) => descriptor.digest).join('|')),
    fault: behindGate,
  })
  // Those that stay come first: who begins a blob is among those who want it to the end.
  const stayers = Array.from({ length: 90 }, () => pull('team/f25:v1'))
  const leaving = new AbortController()
  const leavers = Array.from({ length: 10 }, () =>
    pull('team/f25:v1', leaving.signal).catch(() => 'left' as const),
  )
  await eventually(() => {
    const looks = suite.hub.requests.filter(({ path }) => path.endsWith('/team/f25/manifests/v1'))
    assert.ok(looks.length >= 100)
    for (const { descriptor } of image.layers) assert.equal(requestsFor(descriptor).length, 1)
  }, 20_000)
  leaving.abort()
  assert.deepEqual(
    await Promise.all(leavers),
    leavers.map(() => 'left'),
  )
  gate.resolve()
  for (const messages of await Promise.all(stayers)) {
    assert.match(
      String(messages.at(-1)?.status),
      /^Status: (Downloaded newer image|Image is up to date) for /,
    )
    const complete = messages.filter(
      ({ status = '' }) => status === 'Pull complete' || status === 'Already exists',
    )
    assert.equal(complete.length, 3, JSON.stringify(messages))
  }
  for (const { descriptor } of image.layers) assert.equal(requestsFor(descriptor).length, 1)
  assert.equal(requestsFor({ digest: image.imageId }).length, 1)
})

test('when the last of a hundred leaves, the pull stops, and what came is kept for the next', async () => {
  const image = await newImage('team/f25:left', 1, 8_000_000)
  const layer = layerOf(image, 0)
  {
    using _ = suite.hub.inject({ path: layer.digest, fault: slowly })
    const leaving = new AbortController()
    const clients = Array.from({ length: 100 }, () =>
      pull('team/f25:left', leaving.signal).catch(() => 'left' as const),
    )
    const arrived = async () => Object.values((await storedContent(suite.engine)).ingests)[0] ?? 0
    await eventually(async () => assert.ok((await arrived()) >= 200_000), 10_000)
    leaving.abort()
    assert.deepEqual(new Set(await Promise.all(clients)), new Set(['left']))
    assert.ok((await atRest(arrived)) < layer.size)
  }
  const messages = await pull('team/f25:left')
  assert.match(String(messages.at(-1)?.status), /^Status: Downloaded newer image/)
  const [first, second, ...more] = requestsFor(layer)
  assert.deepEqual([first?.headers['range'], more], [undefined, []])
  assert.match(String(second?.headers['range']), /^bytes=[1-9]\d{5,}-$/)
})
