import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { hash } from 'bcryptjs'
import { suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { busyboxImage } from '../../fixtures/images.ts'
import { startHub } from '../../fixtures/hub.ts'
import { runProgram } from '../../fixtures/program.ts'
import { isRegistryInstalled, startDebianRegistry, type DebianRegistry } from './debian-registry.ts'

const hasRegistry = await isRegistryInstalled()
const skip = hasRegistry ? false : 'docker-registry is not on PATH'

const berth = join(import.meta.dirname, '../../../bin/berth')

let engine: TestEngine
let registry: DebianRegistry
let clientConfig: string

const stack = suiteStack()
before(async () => {
  if (!hasRegistry) return
  engine = stack.use(await startEngine({ bridge: 'none' }))
  clientConfig = await temporaryDirectory(stack)
  const registryOptions = {
    files: { htpasswd: `ann:${await hash('secret', 4)}\n` },
    auth: '  htpasswd: { realm: test, path: "{directory}/htpasswd" }',
  }
  registry = stack.use(await startDebianRegistry(registryOptions))
})

const docker = (args: readonly string[], input = '') =>
  engine.docker(args, { input, env: { DOCKER_CONFIG: clientConfig } })

test('docker login, push and logout work with a registry that knows its users', { skip }, async () => {
  await using hub = await startHub()
  await hub.push(await busyboxImage(), 'team/app:v1')
  await docker(['pull', `${hub.address}/team/app:v1`])
  const name = `${registry.address}/team/app:v1`
  await docker(['tag', `${hub.address}/team/app:v1`, name])

  const refused = await docker(['push', name])
  assert.equal(refused.exitCode, 1)
  assert.match(refused.stderr, /^(unauthorized: authentication required|no basic auth credentials)$/m)

  const ours = await engine.berth(['push', name], { env: { DOCKER_CONFIG: clientConfig } })
  assert.match(
    ours.stderr,
    new RegExp(`^Log in with "berth login ${registry.address}", or check the name\\.$`, 'm'),
  )

  // A client that is answered 401 asks for a name, and waits for it.
  const unread = await docker(['pull', name])
  assert.equal(unread.exitCode, 1)
  assert.equal(unread.stdout, '')
  assert.equal(unread.stderr.trim(), 'Error response from daemon: unauthorized: authentication required')
  assert.equal((await engine.api('GET', `/distribution/${name}/json`)).status, 500)
  const login401 = { username: 'ann', password: 'wrong', serveraddress: registry.address }
  assert.equal((await engine.api('POST', '/auth', login401)).status, 401)

  const wrong = await docker(['login', '-u', 'ann', '--password-stdin', registry.address], 'wrong')
  assert.equal(wrong.exitCode, 1)
  assert.match(
    wrong.stderr,
    /login attempt to http:\/\/127\.0\.0\.1:\d+\/v2\/ failed with status: 401 Unauthorized/,
  )

  const login = await docker(['login', '-u', 'ann', '--password-stdin', registry.address], 'secret')
  assert.equal(login.exitCode, 0, login.stderr)
  assert.match(login.stdout, /^Login Succeeded$/m)
  const kept = JSON.parse(await readFile(join(clientConfig, 'config.json'), 'utf8')) as { auths: object }
  assert.deepEqual(Object.keys(kept.auths), [registry.address])

  const pushed = await docker(['push', name])
  assert.equal(pushed.exitCode, 0, pushed.stderr)
  assert.match(pushed.stdout, /^v1: digest: sha256:/m)
  const pulled = await docker(['pull', '-q', name])
  assert.equal(pulled.exitCode, 0, pulled.stderr)

  const logout = await docker(['logout', registry.address])
  assert.equal(logout.exitCode, 0)
  assert.equal((await docker(['push', name])).exitCode, 1)
  assert.ok(!(await engine.log()).includes('secret'))
})

test('berth login asks the registry itself where no engine is, in the same words', { skip }, async () => {
  const folder = join(clientConfig, 'alone')
  await mkdir(folder)
  const login = async (password: string) =>
    await runProgram(
      [berth, '-H', `unix://${folder}/no.sock`, 'login', '-u', 'ann', '--password-stdin', registry.address],
      { input: password, env: { DOCKER_CONFIG: folder } },
    )
  const wrong = await login('wrong')
  assert.equal(wrong.exitCode, 1)
  assert.match(
    wrong.stderr,
    /^login attempt to http:\/\/127\.0\.0\.1:\d+\/v2\/ failed with status: 401 Unauthorized$/m,
  )
  const right = await login('secret')
  assert.match(right.stdout, /^Login Succeeded$/m, right.stderr)
  const kept = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as { auths: object }
  assert.deepEqual(Object.keys(kept.auths), [registry.address])
})
