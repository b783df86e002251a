import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { compareWithStock, type ComparedLine } from '../../testsuite/compare-with-stock.ts'
import { startFakeEngine, type SeenRequest } from '../../testsuite/fake-engine.ts'
import { runBerth } from '../../testsuite/run-berth.ts'
import { withoutStockDocker } from '../../testsuite/stock-docker.ts'

const messages = (...list: unknown[]) => list.map((one) => `${JSON.stringify(one)}\r\n`).join('')

const pushed = messages(
  { status: 'The push refers to repository [docker.io/library/x]' },
  { status: 'Preparing', progressDetail: {}, id: 'aaa' },
  { status: 'Pushing', progressDetail: { current: 3, total: 5 }, id: 'aaa' },
  { status: 'Pushed', progressDetail: {}, id: 'aaa' },
  { status: 'latest: digest: sha256:1 size: 3' },
  { progressDetail: {}, aux: { Tag: 'latest', Digest: 'sha256:1', Size: 3 } },
)

const found = [
  {
    name: 'alpine',
    description: 'A minimal Docker image based on Alpine Linux\nwith a complete package index',
    star_count: 11_000,
    is_official: true,
    is_automated: false,
  },
  { name: 'me/x', description: '', star_count: 0, is_official: false, is_automated: true },
]

const replies = {
  'POST /images/docker.io/library/x/push': pushed,
  'POST /images/hub:5000/a/b/push': pushed,
  'POST /images/docker.io/library/denied/push': messages(
    { status: 'The push refers to repository [docker.io/library/denied]' },
    { errorDetail: { message: 'denied: requested access to the resource is denied' }, error: 'denied' },
  ),
  'POST /images/create': messages({ status: 'Digest: sha256:0' }),
  'GET /images/search': found,
  'POST /auth': ({ body }: SeenRequest) => {
    const { password, username } = body as { password: string; username: string }
    if (password === 'wrong')
      return new Error('Get "https://hub/v2/": unauthorized: incorrect username or password')
    return { Status: 'Login Succeeded', IdentityToken: username === 'token-user' ? 'a-token' : '' }
  },
}

const auth = Buffer.from('me:pw').toString('base64')
const twoLogins = {
  auths: { 'hub:5000': { auth }, 'https://index.docker.io/v1/': { auth }, 'hub:5001': { auth } },
}

/** `login … < stdin`, on an empty configuration. */
const fromNothing = [
  'push x',
  'push -q x:1',
  'push -a hub:5000/a/b',
  'push -a x:1',
  'push UPPER',
  'push denied',
  'push nosuch',
  `push x@sha256:${'0'.repeat(64)}`,
  'image push x:1',
  'search alp',
  'search --no-trunc --limit 5 -f stars=3 -f is-official=true alp',
  'search --format json x',
  'search --format {{.Name}}|{{.IsOfficial}}|{{.StarCount}} hub:5000/x',
  'search -f is-automated=true x',
  'search --limit -1 x',
  'search',
  'login -u me -p pw hub:5000',
  'login -u me -p pw',
  'login -u me -p pw docker.io',
  'login -u me -p pw https://hub:5000/v2/',
  'login -u token-user -p pw hub:5000',
  'login -u me --password-stdin hub:5000 < pw',
  'login -u me --password-stdin hub:5000 < p\\x20w:\n',
  'login --password-stdin hub:5000 < pw',
  'login -u me -p pw --password-stdin',
  'login -u me -p wrong hub:5000',
  'login -u me -p wrong',
  'login -u me hub:5000',
  'login hub:5000',
  'login -u me --password-stdin hub:5000',
  'login a b',
  'logout hub:5000',
  'logout',
  'logout a b',
]

/** With two logins stored. */
const fromLogins = [
  'push x',
  'push hub:5000/a/b',
  'pull -q hub:5000/a/b',
  'pull -q hub:5002/a/b',
  'pull -q x',
  'search hub:5000/x',
  'search x',
  'login hub:5000',
  'login',
  'login -u me -p pw hub:5000',
  'login -u you -p pw hub:5000',
  'logout hub:5000',
  'logout https://hub:5000/v2/',
  'logout',
  'logout elsewhere',
]

/** Keeps what it is given beside config.json; knows no Docker Hub. */
const helper = `#!/bin/sh
read -r input
case $1,$input in
store,*hub:6666*) echo 'the keychain is locked'; exit 1 ;;
esac
case $1 in
store) printf '%s' "$input" > "$HOME/stored" ;;
get) case $input in
  hub:5000) echo '{"ServerURL":"hub:5000","Username":"me","Secret":"helped"}' ;;
  hub:5001) echo '{"ServerURL":"hub:5001","Username":"<token>","Secret":"a-token"}' ;;
  hub:6666) echo 'the keychain is locked'; exit 1 ;;
  *) echo 'credentials not found in native keychain'; exit 1 ;;
  esac ;;
erase) printf '%s' "$input" > "$HOME/erased" ;;
esac
`

const withHelper = [
  'login -u me -p pw hub:5000',
  'login -u token-user -p pw hub:5000',
  'login hub:5000',
  'login hub:5003',
  'login -u me -p pw hub:6666',
  'logout hub:5000',
  'logout',
  'push hub:5000/a/b',
  'pull -q hub:5001/a/b',
  'pull -q hub:5003/a/b',
]

async function left(folder: string): Promise<unknown> {
  const read = (name: string) => readFile(join(folder, name), 'utf8').catch(() => undefined)
  const config = await read('config.json')
  const files = { stored: await read('stored'), erased: await read('erased') }
  const stored = files.stored === undefined ? undefined : (JSON.parse(files.stored) as unknown)
  return { config: config === undefined ? undefined : (JSON.parse(config) as unknown), ...files, stored }
}

function compare(line: string, prepare?: ComparedLine['prepare']): Promise<void> {
  const [command = '', stdin = ''] = line.split(' < ')
  const compared = { words: command.split(' '), stdin, inspect: left }
  return compareWithStock(prepare ? { ...compared, prepare } : compared, replies)
}

const writeConfig = (config: object) => (folder: string) =>
  writeFile(join(folder, 'config.json'), JSON.stringify(config))

describe('registries are used as with the stock client', { skip: withoutStockDocker, concurrency: 4 }, () => {
  for (const line of fromNothing) test(line, () => compare(line))

  for (const line of fromLogins)
    test(`${line}, logged in before`, () => compare(line, writeConfig(twoLogins)))

  for (const line of withHelper) {
    test(`${line}, with a credential helper`, async () => {
      const path = process.env['PATH']
      assert.ok(path)
      await compare(line, async (folder) => {
        const program = join(folder, 'docker-credential-test')
        await writeFile(program, helper)
        await chmod(program, 0o755)
        await writeConfig({ credHelpers: { 'hub:5003': 'test' }, credsStore: 'test' })(folder)
      })
    })
  }
})

describe('credentials', () => {
  const inFolder = async (
    action: (folder: string, login: (...words: string[]) => Promise<string>) => Promise<void>,
  ) => {
    const folder = await mkdtemp(join(tmpdir(), 'berth-login-'))
    try {
      await using engine = await startFakeEngine(replies)
      await action(folder, async (...words) => {
        const env = { DOCKER_CONFIG: folder, PATH: folder }
        const { stderr, stdout } = await runBerth(['-H', engine.host, ...words], { env, stdin: 'pw' })
        return stdout + stderr
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  }

  test('are kept in a file for its owner alone, beside what other tools have there', () =>
    inFolder(async (folder, login) => {
      const path = join(folder, 'config.json')
      await writeFile(path, '{"proxies":{"default":{"httpProxy":"http://proxy"}},"unknownTool":[1]}', {
        mode: 0o644,
      })
      await login('login', '-u', 'me', '--password-stdin', 'hub:5000')
      assert.equal((await stat(path)).mode & 0o777, 0o600)
      assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), {
        proxies: { default: { httpProxy: 'http://proxy' } },
        unknownTool: [1],
        auths: { 'hub:5000': { auth } },
      })
    }))

  test('go to where a linked config.json leads', () =>
    inFolder(async (folder, login) => {
      await writeFile(join(folder, 'real.json'), '{}')
      await symlink('real.json', join(folder, 'config.json'))
      await login('login', '-u', 'me', '--password-stdin', 'hub:5000')
      assert.match(await readFile(join(folder, 'real.json'), 'utf8'), /hub:5000/)
    }))

  test('that a helper does not give are missed with a warning, and nothing else', () =>
    inFolder(async (folder, login) => {
      await writeFile(join(folder, 'config.json'), '{"credsStore":"gone"}')
      const text = await login('pull', '-q', 'hub:5000/a')
      assert.match(
        text,
        /^hub:5000\/a:latest\nWARNING: could not get the credentials of hub:5000: exec: "docker-credential-gone": executable file not found/,
      )
    }))

  const strangeHelpers: Record<string, [script: string, told: RegExp]> = {
    'gives no JSON': [
      'echo my-secret-token',
      /docker-credential-odd did not answer with \{"Username": …, "Secret": …\}/,
    ],
    'gives nothing': ['exit 0', /did not answer with/],
    'gives null': ['echo null', /did not answer with/],
    'gives no texts': [`echo '{"Username":1,"Secret":2}'`, /did not answer with/],
    'ends without a word': ['exit 3', /error getting credentials - err: exit status 3, out: ``$/m],
    'is ended': ['kill -TERM $$', /error getting credentials - err: signal: SIGTERM, out: ``$/m],
    'says too much': ['printf "%02000d" 0; exit 1', /err: exit status 1, out: `0{500}`$/m],
  }
  for (const [what, [script, told]] of Object.entries(strangeHelpers)) {
    test(`that a helper does not give that ${what} are missed with a warning that tells none of it`, () =>
      inFolder(async (folder, login) => {
        await writeFile(join(folder, 'docker-credential-odd'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
        await writeFile(join(folder, 'config.json'), '{"credsStore":"odd"}')
        const text = await login('pull', '-q', 'hub:5000/a')
        assert.match(text, /^hub:5000\/a:latest\nWARNING: could not get the credentials of hub:5000: /)
        assert.match(text, told)
        assert.doesNotMatch(text, /my-sec/)
      }))
  }

  test('are not asked of a helper that cannot be run', () =>
    inFolder(async (folder, login) => {
      await writeFile(join(folder, 'docker-credential-odd'), '#!/bin/sh\n', { mode: 0o644 })
      await writeFile(join(folder, 'config.json'), '{"credsStore":"odd"}')
      assert.match(
        await login('login', '-u', 'me', '--password-stdin', 'hub:5000'),
        /Error saving credentials: exec: "docker-credential-odd": permission denied$/m,
      )
    }))

  test('of Docker Hub do not go to another registry', () =>
    inFolder(async (folder) => {
      await writeFile(
        join(folder, 'config.json'),
        JSON.stringify({ auths: { 'https://index.docker.io/v1/': { auth } } }),
      )
      await using engine = await startFakeEngine({ 'POST /images/hub:5000/x/push': pushed })
      const { status } = await runBerth(['-H', engine.host, 'push', 'hub:5000/x'], {
        env: { DOCKER_CONFIG: folder },
      })
      assert.equal(status, 0)
      assert.deepEqual(
        engine.requests.map(({ auth }) => auth),
        [{}],
      )
    }))

  test('of the environment count more, each for its own registry, and are written nowhere', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'config.json'), JSON.stringify(twoLogins))
      const mine = Buffer.from('env:secret').toString('base64')
      const DOCKER_AUTH_CONFIG = JSON.stringify({ auths: { 'https://hub:5000/v2/': { auth: mine } } })
      await using engine = await startFakeEngine(replies)
      const pull = async (name: string, text: string) =>
        await runBerth(['-H', engine.host, 'pull', '-q', name], {
          env: { DOCKER_CONFIG: folder, DOCKER_AUTH_CONFIG: text },
        })
      await pull('hub:5000/a', DOCKER_AUTH_CONFIG)
      await pull('hub:5001/a', DOCKER_AUTH_CONFIG)
      await pull('hub:5002/a', DOCKER_AUTH_CONFIG)
      const { stderr } = await pull('hub:5000/a', `{"auths": "${mine}"}`)
      assert.deepEqual(
        engine.requests.map((request) => request.auth),
        [
          { username: 'env', password: 'secret', serveraddress: 'hub:5000' },
          { username: 'me', password: 'pw', serveraddress: 'hub:5001' },
          {},
          { username: 'me', password: 'pw', serveraddress: 'hub:5000' },
        ],
      )
      assert.equal(
        stderr,
        'WARNING: the credentials of the environment are left out: DOCKER_AUTH_CONFIG is not {"auths": {…}}\n',
      )
      assert.deepEqual(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')), twoLogins)
    }))

  test('that are asked for on a terminal are typed unseen', () =>
    inFolder(async (folder) => {
      await using engine = await startFakeEngine(replies)
      const { status, stdout } = await runBerth(['-H', engine.host, 'login', 'hub:5000'], {
        env: { DOCKER_CONFIG: folder },
        typed: ['me\n', 'pq\x7fw\r'],
      })
      assert.deepEqual([status, stdout], [0, 'Username: Password: \nLogin Succeeded\n'])
      assert.deepEqual(engine.requests[0]?.body, {
        username: 'me',
        password: 'pw',
        serveraddress: 'hub:5000',
      })
    }))
})
