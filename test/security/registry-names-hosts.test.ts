import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseReference } from '@berth/oci'
import { openRegistryClient, type RegistryClient } from '@berth/registry-client'
import { engineSuite } from '../fixtures/engine-suite.ts'
import { busyboxImage, buildImage } from '../fixtures/images.ts'
import { outsideAddress, startWebServer, type WebServer } from '../fixtures/web-server.ts'

// What a registry names (where a layer is, who gives tokens, where to go on) is a stranger's word.

const outside = outsideAddress()
const skip = outside === undefined ? 'no address besides loopback' : false
const credentials = { username: 'ann', password: 'planted-secret' }

const suite = engineSuite({ bridge: 'none', isPulled: false })

const askedWithSecrets = ({ requests }: WebServer) =>
  requests.filter(({ headers }) => headers.authorization !== undefined || headers.cookie !== undefined)

test('CVE-2020-15157: a foreign layer is fetched from where its URL says, and no credentials go there', async () => {
  const layers = new Map<string, Uint8Array>()
  let isAsking = true
  await using realm = await startWebServer((_request, response) => response.end('{"token":"t"}'))
  await using foreign = await startWebServer(({ path }, response) => {
    if (!isAsking) return void response.end(layers.get(path))
    const challenge = `Bearer realm="${realm.url}/token",service="evil",scope="repository:a:pull"`
    response.writeHead(401, { 'WWW-Authenticate': challenge }).end()
  })
  const image = await busyboxImage({
    layers: [{ '/foreign': 'here' }],
    foreignUrls: (digest) => [`${foreign.url}/${digest}`],
  })
  for (const { descriptor, bytes } of image.layers) layers.set(`/${descriptor.digest}`, bytes)
  await suite.hub.push(image, 'team/foreign:v1')
  const name = `${suite.hub.address}/team/foreign:v1`
  const auth = JSON.stringify({
    auths: { [suite.hub.address]: { auth: Buffer.from('ann:planted').toString('base64') } },
  })
  const pull = () => suite.engine.berth(['pull', '-q', name], { env: { DOCKER_AUTH_CONFIG: auth } })

  const refused = await pull()
  assert.equal(refused.exitCode, 1)
  assert.ok(foreign.requests.length > 0)
  assert.deepEqual(askedWithSecrets(foreign), [])
  assert.deepEqual(realm.requests, [])

  isAsking = false
  const pulled = await pull()
  assert.equal(pulled.exitCode, 0, pulled.stderr)
  assert.deepEqual(askedWithSecrets(foreign), [])
  const { stdout } = await suite.run(['run', '--rm', '--network', 'none', name, 'cat', '/foreign'])
  assert.equal(stdout, 'here')
})

test('a foreign layer that is not what its digest says is refused', async () => {
  await using foreign = await startWebServer((_request, response) => response.end('something else'))
  const image = await buildImage({
    layers: [{ '/a': 'x' }],
    foreignUrls: () => [foreign.url, 'ftp://x', 'no url'],
  })
  await suite.hub.push(image, 'team/lying:v1')
  const { exitCode, stderr } = await suite.run(['pull', '-q', `${suite.hub.address}/team/lying:v1`])
  assert.equal(exitCode, 1)
  assert.match(stderr, new RegExp(`blob ${image.layers[0]?.descriptor.digest} not found|Cannot verify`))
})

/** A registry beyond loopback, which names `target` in the way that `kind` says. */
async function namingRegistry(kind: 'realm' | 'Location' | 'upload' | 'layer', target: string) {
  const image = await buildImage({ layers: [{ '/a': kind }], foreignUrls: () => [`${target}/layer`] })
  const server = await startWebServer(({ method, path }, response) => {
    if (kind === 'realm')
      response.writeHead(401, { 'WWW-Authenticate': `Bearer realm="${target}/token",service="s"` }).end()
    else if (kind === 'Location') response.writeHead(307, { Location: `${target}/manifest` }).end()
    else if (kind === 'upload' && method === 'POST')
      response.writeHead(202, { Location: `${target}/upload` }).end()
    else if (path.includes('/manifests/'))
      response.writeHead(200, { 'Content-Type': image.manifests[0]?.mediaType }).end(image.manifest)
    else response.writeHead(404).end()
  }, outside)
  return { server, image }
}

async function useRegistry(
  client: RegistryClient,
  kind: 'realm' | 'Location' | 'upload' | 'layer',
  { server, image }: Awaited<ReturnType<typeof namingRegistry>>,
): Promise<void> {
  const reference = parseReference(`${server.address}/team/app:v1`)
  const descriptor = image.layers[0]?.descriptor ?? assert.fail()
  const open = async function* () {
    yield image.layers[0]?.bytes ?? assert.fail()
  }
  if (kind === 'upload') await client.pushBlob(reference, { descriptor, open }, { credentials })
  else if (kind === 'layer') await Array.fromAsync(client.fetchBlob(reference, descriptor, { credentials }))
  else await client.fetchManifest(reference, { credentials })
}

for (const [kind, id] of [
  ['realm', 'CVE-2026-33540'],
  ['Location', 'CVE-2026-33990'],
  ['upload', 'CVE-2026-48978'],
  ['layer', 'CVE-2020-13788'],
] as const) {
  test(
    `${id}: a registry elsewhere cannot make this machine ask itself by its ${kind}`,
    { skip },
    async () => {
      await using inside = await startWebServer((_request, response) => response.end('{"token":"t"}'))
      const { port } = new URL(inside.url)
      for (const host of [
        '127.0.0.1',
        'localhost',
        '[::1]',
        '0.0.0.0',
        '169.254.169.254',
        '[::ffff:127.0.0.1]',
      ]) {
        const made = await namingRegistry(kind, `http://${host}:${port}`)
        await using server = made.server
        await using client = openRegistryClient({
          insecureRegistries: [server.address],
          timeouts: { retryBaseMs: 1, connectMs: 1_000 },
        })
        await assert.rejects(useRegistry(client, kind, made), /this machine or on its local link|not found/)
      }
      assert.deepEqual(inside.requests, [])
    },
  )
}

test(
  'CVE-2026-33540: credentials stay away from a token service on another host, and from where a redirect leads',
  { skip },
  async () => {
    // Two addresses of one machine are two hosts: both ends are on loopback or both are not.
    await using realm = await startWebServer(
      (_request, response) => response.end('{"token":"t"}'),
      '127.0.0.2',
    )
    await using elsewhere = await startWebServer(
      (_request, response) => response.writeHead(401).end(),
      '127.0.0.3',
    )
    await using registry = await startWebServer(({ path, headers }, response) => {
      if (headers.authorization !== 'Bearer t')
        response.writeHead(401, { 'WWW-Authenticate': `Bearer realm="${realm.url}/token",service="s"` }).end()
      else response.writeHead(302, { Location: `${elsewhere.url}${path}` }).end()
    })
    await using client = openRegistryClient({ timeouts: { retryBaseMs: 1 } })
    await assert.rejects(
      client.fetchManifest(parseReference(`${registry.address}/team/app:v1`), { credentials }),
    )
    assert.equal(realm.requests.length, 1)
    assert.deepEqual(askedWithSecrets(realm), [])
    assert.equal(elsewhere.requests.length, 1)
    assert.deepEqual(askedWithSecrets(elsewhere), [])
  },
)

test('a redirect that never ends is left after ten', async () => {
  await using registry = await startWebServer(({ path }, response) => {
    const next = Number(new URL(path, 'http://x').searchParams.get('n') ?? 0) + 1
    response.writeHead(302, { Location: `${path.split('?')[0]}?n=${next}` }).end()
  })
  const { exitCode, stderr } = await suite.run(['pull', '-q', `${registry.address}/team/loop:v1`])
  assert.equal(exitCode, 1)
  assert.match(stderr, /stopped after 10 redirects/)
  assert.equal(registry.requests.length, 11)
})
