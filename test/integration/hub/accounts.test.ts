import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { promisify } from 'node:util'
import { suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { basicOf, passwordOf, startAccountsHub, type AccountsHub } from '../../fixtures/accounts-hub.ts'
import { hasDockerd, startDockerd } from '../../fixtures/dockerd.ts'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { busyboxImage } from '../../fixtures/images.ts'
import { startHub } from '../../fixtures/hub.ts'

const run = promisify(execFile)
const hasProgram = (name: string) =>
  run(name, ['--version']).then(
    () => true,
    () => false,
  )
const hasPodman = await hasProgram('podman')
const hasSkopeo = await hasProgram('skopeo')
/** Debian's docker.io beside the client that is first on PATH. */
const oldDocker = '/usr/bin/docker'
const hasOldDocker = await hasProgram(oldDocker)

let hub: AccountsHub
let engine: TestEngine
let directory: string

const stack = suiteStack()
before(async () => {
  directory = await temporaryDirectory(stack)
  hub = stack.use(await startAccountsHub())
  engine = stack.use(await startEngine({ bridge: 'none' }))
  await using source = await startHub()
  await source.push(await busyboxImage(), 'box:latest')
  await engine.docker(['pull', `${source.address}/box:latest`])
  await engine.docker(['tag', `${source.address}/box:latest`, 'box'])
})

/** A client with a config.json of its own. */
function dockerAs(name: string) {
  return async (args: string[], input = '') => {
    const config = join(directory, name)
    const { exitCode, stdout, stderr } = await engine.docker(['--config', config, ...args], { input })
    return { isDone: exitCode === 0, output: `${stdout}${stderr}` }
  }
}

test('docker: login with password or token, push, pull, search, logout', async () => {
  const session = await hub.signUp('ann')
  const docker = dockerAs('ann')
  const name = `${hub.address}/ann/tool:v1`
  await docker(['tag', 'box', name])
  assert.equal((await docker(['push', name])).isDone, false, 'nobody pushes without a login')
  const wrong = await docker(['login', '-u', 'ann', '--password-stdin', hub.address], 'wrong')
  assert.match(wrong.output, /unauthorized: incorrect username or password/)
  for (const secret of [passwordOf('ann'), await hub.createToken(session, 'repo:write')]) {
    const login = await docker(['login', '-u', 'ann', '--password-stdin', hub.address], secret)
    assert.match(login.output, /Login Succeeded/)
    const pushed = await docker(['push', name])
    assert.ok(pushed.isDone, pushed.output)
  }
  await docker(['rmi', name])
  await hub.must('POST', '/v2/repositories/ann/tool/stars', { session })
  await hub.must('PATCH', '/v2/repositories/ann/tool', {
    session,
    body: { description: 'A box of tools', source: 'https://example.com/tool.git' },
  })
  const found = await docker([
    'search',
    '--format',
    '{{.Name}} {{.Description}} {{.StarCount}}',
    `${hub.address}/tool`,
  ])
  assert.match(found.output, /ann\/tool A box of tools 1/)
  assert.match((await docker(['logout', hub.address])).output, /Removing login credentials/)
  assert.ok((await docker(['pull', name])).isDone, 'public repositories are pulled without a login')
  await hub.must('POST', '/v2/repositories/ann/tool/privacy', { session, body: { is_private: true } })
  const stranger = await hub.registryToken(undefined, 'repository:ann/tool:pull')
  const headers = { Authorization: `Bearer ${stranger}` }
  assert.equal((await hub.call('GET', '/v2/ann/tool/manifests/v1', { headers })).status, 401)
  const hidden = await docker(['search', '--format', '{{.Name}}', `${hub.address}/tool`])
  assert.doesNotMatch(hidden.output, /ann\/tool/)
  await docker(['login', '-u', 'ann', '--password-stdin', hub.address], passwordOf('ann'))
  assert.ok((await docker(['pull', name])).isDone)
  const own = await docker(['search', '--format', '{{.Name}}', `${hub.address}/tool`])
  assert.match(own.output, /ann\/tool/, 'who is logged in finds what is private to them')
})

test('/v1/search: one finds what is private to oneself, by password and by the token that docker asks for', async () => {
  const session = await hub.signUp('sue')
  const body = { name: 'secretive', is_private: true }
  await hub.must('POST', '/v2/namespaces/sue/repositories', { session, body })
  const count = async (headers: Record<string, string>) =>
    (await hub.must('GET', '/v1/search?q=secretive&n=25', { headers })).num_results
  const login = { name: 'sue', secret: passwordOf('sue') }
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
  assert.equal(await count({}), 0)
  assert.equal(await count(basicOf('sue')), 1)
  assert.equal(await count(bearer(await hub.registryToken(login, 'registry:catalog:search'))), 1)
  assert.equal(await count(bearer(await hub.registryToken(login, 'repository:sue/secretive:pull'))), 0)
  assert.equal(await count(bearer(await hub.registryToken(undefined, 'registry:catalog:search'))), 0)
  const publicOnly = await hub.createToken(session, 'repo:public_read')
  const narrow = { name: 'sue', secret: publicOnly }
  assert.equal(await count(bearer(await hub.registryToken(narrow, 'registry:catalog:search'))), 0)
})

test("docker: a free account has one private repository, and the second is refused in the plan's words", async () => {
  const session = await hub.signUp('pat')
  const make = (name: string) =>
    hub.call('POST', '/v2/namespaces/pat/repositories', { session, body: { name, is_private: true } })
  assert.equal((await make('one')).status, 201)
  const { status, text } = await make('two')
  assert.equal(status, 409)
  assert.match(text, /No more private repositories available: the personal plan has 1\. Make another/)
})

test(
  "docker.io's client of 20.10: search prints stars, official and automated marks",
  { skip: !hasOldDocker && `needs ${oldDocker}` },
  async () => {
    const session = await hub.createAdministrator('chief')
    for (const [namespace, name] of [
      ['library', 'marked'],
      ['chief', 'marked'],
    ])
      await hub.must('POST', `/v2/namespaces/${namespace}/repositories`, {
        session,
        body: { name, description: `of ${namespace}`, source: 'https://example.com/a.git' },
      })
    await hub.must('POST', '/v2/repositories/library/marked/stars', { session })
    const search = async (host: string) => {
      const { stdout } = await run(oldDocker, ['-H', host, 'search', '--no-trunc', `${hub.address}/marked`])
      return stdout.split('\n').map((line) => line.trimEnd().replaceAll(/ {2,}/g, '|'))
    }
    const found = [
      'NAME|DESCRIPTION|STARS|OFFICIAL|AUTOMATED',
      'library/marked|of library|1|[OK]|[OK]',
      'chief/marked|of chief|0|[OK]',
      '',
    ]
    assert.deepEqual(await search(engine.host), found)
    if (!hasDockerd) return
    await using dockerd = await startDockerd()
    assert.deepEqual(await search(dockerd.host), found)
  },
)

test(
  'skopeo and podman log in with password and token, and lose what the token may not do',
  { skip: !(hasSkopeo && hasPodman) && 'needs skopeo and podman' },
  async () => {
    const session = await hub.signUp('eve')
    const readOnly = await hub.createToken(session, 'repo:read')
    const authFile = join(directory, 'auth.json')
    const login = (program: string, secret: string) => {
      const flags = ['--authfile', authFile, '--tls-verify=false', '-u', 'eve', '-p', secret]
      return run(program, ['login', ...flags, hub.address])
    }
    await using source = await startHub()
    await source.push(await busyboxImage(), 'box:latest')
    const copy = () =>
      run('skopeo', [
        'copy',
        '--src-tls-verify=false',
        '--dest-tls-verify=false',
        '--dest-authfile',
        authFile,
        `docker://${source.address}/box:latest`,
        `docker://${hub.address}/eve/box:v1`,
      ])
    for (const program of ['skopeo', 'podman']) {
      await assert.rejects(login(program, 'wrong'))
      await login(program, readOnly)
      await assert.rejects(copy(), 'a token that reads does not write')
      await login(program, passwordOf('eve'))
      await copy()
    }
  },
)
