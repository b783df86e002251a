import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { hubAccount, startDockerHub, type TestDockerHub } from '../../fixtures/docker-hub.ts'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { busyboxImage } from '../../fixtures/images.ts'
import { runProgram } from '../../fixtures/program.ts'

let dockerHub: TestDockerHub
let engine: TestEngine
let clientConfig: string

const stack = suiteStack()
before(async () => {
  dockerHub = stack.use(await startDockerHub())
  engine = stack.use(await startEngine({ bridge: 'none', env: dockerHub.env }))
  clientConfig = await temporaryDirectory(stack)
})

const docker = (args: readonly string[], input = '') =>
  engine.docker(args, { input, env: { DOCKER_CONFIG: clientConfig } })

const askedSince = (from: number) =>
  dockerHub.requests.slice(from).map(({ host, method, path }) => `${method} ${host}${path.split('?')[0]}`)

test('a name without a registry is pulled from Docker Hub as library/…, with a token of its own service', async () => {
  const image = await busyboxImage({ layers: [{ '/hub': 'pulled' }] })
  await dockerHub.store.push(image, 'library/short:latest')
  const { exitCode, stdout, stderr } = await docker(['pull', 'short'])
  assert.equal(exitCode, 0, stderr)
  assert.match(stdout, /^latest: Pulling from library\/short$/m)
  assert.match(stdout, /^docker\.io\/library\/short:latest$/m)
  const digests = image.layers.map(({ descriptor }) => descriptor.digest)
  assert.deepEqual(
    [...new Set(askedSince(0))].sort(),
    [
      'GET auth.docker.io/token',
      'GET registry-1.docker.io/v2/library/short/manifests/latest',
      ...[image.imageId, ...digests].flatMap((digest) => [
        `GET registry-1.docker.io/v2/library/short/blobs/${digest}`,
        `GET production.cloudflare.docker.com/library/short/${digest}`,
      ]),
    ].sort(),
  )
  const tokens = dockerHub.requests.filter(({ host }) => host === 'auth.docker.io')
  assert.equal(tokens.length, 1)
  assert.equal(
    new URL(tokens[0]?.path ?? '', 'https://x').search,
    '?service=registry.docker.io&scope=repository%3Alibrary%2Fshort%3Apull',
  )
})

test('a login at Docker Hub is kept under the name that Docker has for it, and goes to the token service alone', async () => {
  const wrong = await docker(['login', '-u', hubAccount.username, '--password-stdin'], 'wrong')
  assert.equal(wrong.exitCode, 1)
  assert.match(
    wrong.stderr,
    /Get "https:\/\/registry-1\.docker\.io\/v2\/": unauthorized: incorrect username or password$/m,
  )
  const login = await docker(['login', '-u', hubAccount.username, '--password-stdin'], hubAccount.password)
  assert.equal(login.exitCode, 0, login.stderr)
  const kept = JSON.parse(await readFile(join(clientConfig, 'config.json'), 'utf8')) as { auths: object }
  assert.deepEqual(Object.keys(kept.auths), ['https://index.docker.io/v1/'])
  const from = dockerHub.requests.length
  await dockerHub.store.push(await busyboxImage({ layers: [{ '/hub': 'private' }] }), 'team/private:latest')
  const pulled = await docker(['pull', '-q', 'team/private'])
  assert.equal(pulled.exitCode, 0, pulled.stderr)
  const basic = dockerHub.requests
    .slice(from)
    .filter(({ authorization }) => authorization?.startsWith('Basic '))
  assert.deepEqual([...new Set(basic.map(({ host }) => host))], ['auth.docker.io'])
  assert.equal(new URL(basic[0]?.path ?? '', 'https://x').searchParams.get('account'), hubAccount.username)
  await docker(['logout'])
})

test('the pull limit of Docker Hub is told at once, with what it says of it', async () => {
  await dockerHub.store.push(
    await busyboxImage({ layers: [{ '/hub': 'limited' }] }),
    'library/limited:latest',
  )
  const left = dockerHub.pullsLeft
  dockerHub.pullsLeft = 0
  const { exitCode, stdout, stderr } = await docker(['pull', 'limited'])
  dockerHub.pullsLeft = left
  assert.equal(exitCode, 1)
  assert.equal(stdout, 'Using default tag: latest\n')
  assert.match(
    stderr,
    /^Error response from daemon: toomanyrequests: You have reached your unauthenticated pull rate limit\. .* \(100 pulls in 6 hours, 0 left, counted for 203\.0\.113\.7\)$/m,
  )
})

test('search asks the index of Docker Hub, and both clients show what it finds', async () => {
  const from = dockerHub.requests.length
  const stock = await docker(['search', 'library/app'])
  assert.equal(stock.exitCode, 0, stock.stderr)
  assert.deepEqual(
    dockerHub.requests.slice(from).map(({ host, path }) => host + path),
    ['index.docker.io/v1/search?q=app&n=25'],
  )
  assert.deepEqual(stock.stdout.split('\n'), [
    'NAME        DESCRIPTION                                     STARS     OFFICIAL',
    'app         An official one that is described at length …   400       [OK]',
    'team/app    Of a team in two lines                          2         ',
    'other/app                                                   0         ',
    '',
  ])
  const lines = [
    ['search', 'library/app'],
    ['search', '--no-trunc', 'app'],
    ['search', '--limit', '1', 'app'],
    ['search', '-f', 'stars=2', '-f', 'is-official=false', 'app'],
    ['search', '-f', 'is-official=true', '--format', 'json', 'app'],
    ['search', '-f', 'is-automated=true', 'app'],
    ['search', '--format', 'table {{.Name}}\t{{.StarCount}}\t{{.IsOfficial}}', 'app'],
    ['search', '--limit', '101', 'app'],
    ['search', '--limit', '0', 'nothing'],
    ['search', '-f', 'nosuch=1', 'app'],
  ]
  for (const line of lines) {
    const theirs = await docker(line)
    const ours = await engine.berth(line, { env: { DOCKER_CONFIG: clientConfig } })
    assert.deepEqual([ours.exitCode, ours.stdout], [theirs.exitCode, theirs.stdout], line.join(' '))
    assert.equal(ours.stderr.split('\n')[0], theirs.stderr.split('\n')[0], line.join(' '))
  }
})

test('search takes the flags of old, and says what to write instead', async () => {
  const { stdout, stderr } = await engine.berth([
    'search',
    '-s',
    '2',
    '--automated',
    '--format',
    '{{.Name}}',
    'app',
  ])
  assert.equal(stdout, 'team/app\n')
  assert.deepEqual(stderr.split('\n').slice(0, 2), [
    'Flag --automated has been deprecated, use --filter=is-automated=true instead',
    'Flag --stars has been deprecated, use --filter=stars=2 instead',
  ])
  const starred = await engine.berth(['search', '--stars=3', '--format', '{{.Name}}', 'app'])
  assert.equal(starred.stdout, 'app\n')
})

const oldClient = '/usr/bin/docker'
test(
  "Debian's client of 20.10 finds the same",
  { skip: existsSync(oldClient) ? false : `${oldClient} is not there` },
  async () => {
    const { exitCode, stdout, stderr } = await runProgram([
      oldClient,
      '-H',
      engine.host,
      'search',
      '-f',
      'stars=1',
      'app',
    ])
    assert.equal(exitCode, 0, stderr)
    assert.match(stdout, /^app +An official one .{0,40}… +400 +\[OK\]/m)
    assert.match(stdout, /^team\/app +Of a team in two lines +2 +\[OK\]$/m)
  },
)

test('a mirror of Docker Hub is asked first, and never gets its login', async () => {
  await using mirror = await engineWithMirror()
  await mirror.store.push(await busyboxImage({ layers: [{ '/hub': 'mirrored' }] }), 'library/near:latest')
  const env = {
    DOCKER_AUTH_CONFIG: JSON.stringify({
      auths: { 'https://index.docker.io/v1/': { auth: Buffer.from('ann:hub-secret').toString('base64') } },
    }),
  }
  const from = dockerHub.requests.length
  const near = await mirror.engine.berth(['pull', '-q', 'near'], { env })
  assert.equal(near.exitCode, 0, near.stderr)
  assert.equal(dockerHub.requests.length, from)
  assert.ok(mirror.store.requests.every(({ headers }) => headers['authorization'] === undefined))
  const far = await mirror.engine.berth(['pull', '-q', 'short'], { env })
  assert.equal(far.exitCode, 0, far.stderr)
  assert.ok(askedSince(from).includes('GET registry-1.docker.io/v2/library/short/manifests/latest'))
})

async function engineWithMirror() {
  await using stack = new AsyncDisposableStack()
  const { startHub } = await import('../../fixtures/hub.ts')
  const store = stack.use(await startHub())
  const flags = ['--registry-mirror', store.url]
  const own = stack.use(await startEngine({ bridge: 'none', env: dockerHub.env, flags }))
  const owned = stack.move()
  return { store, engine: own, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
