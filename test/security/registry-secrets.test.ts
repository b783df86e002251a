import assert from 'node:assert/strict'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { startEngine } from '../fixtures/engine.ts'
import type { ProgramResult } from '../fixtures/program.ts'
import { startWebServer } from '../fixtures/web-server.ts'

test('CVE-2021-41092: a credential helper that is missing ends the login, and sends nothing elsewhere', async () => {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const registry = stack.use(
    await startWebServer(({ headers }, response) =>
      response
        .writeHead(headers.authorization ? 200 : 401, { 'WWW-Authenticate': 'Basic realm="r"' })
        .end('{}'),
    ),
  )
  // Whatever went to another registry than the one that was named would go by the proxy.
  const elsewhere = stack.use(await startWebServer((_request, response) => response.writeHead(502).end()))
  const connections: string[] = []
  const proxy = createServer((socket) => void connections.push(String(socket.destroy().remoteAddress)))
  await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve))
  stack.defer(() => void proxy.close())
  const { port } = proxy.address() as { port: number }
  const env = { HTTPS_PROXY: `http://127.0.0.1:${port}`, HTTP_PROXY: elsewhere.url }
  const engine = stack.use(await startEngine({ bridge: 'none', env }))
  await writeFile(join(directory, 'config.json'), '{"credsStore":"gone"}')
  const berth = (args: string[], input = '') =>
    engine.berth(args, { input, env: { DOCKER_CONFIG: directory, ...env } })

  const login = await berth(['login', '-u', 'ann', '--password-stdin', registry.address], 'planted')
  assert.equal(login.exitCode, 1)
  assert.match(
    login.stderr,
    /^Error saving credentials: exec: "docker-credential-gone": executable file not found/m,
  )
  const pull = await berth(['pull', '-q', `${registry.address}/team/app`])
  assert.equal(pull.exitCode, 1)
  assert.match(
    pull.stderr,
    /^WARNING: could not get the credentials of 127\.0\.0\.1:\d+: exec: "docker-credential-gone"/m,
  )
  assert.deepEqual([connections, elsewhere.requests], [[], []])
  assert.equal(await readFile(join(directory, 'config.json'), 'utf8'), '{"credsStore":"gone"}')
})

/** Each is in one place alone, so that a leak tells where it came from. */
const planted = {
  password: 'planted-password',
  wrongPassword: 'planted-wrong-password',
  identityToken: 'planted-identity-token',
  registryToken: 'planted-registry-token',
  bearer: 'planted-bearer-token',
  signature: 'planted-signature',
  userInfo: 'planted-userinfo',
  header: 'planted-header',
  proxy: 'planted-proxy-password',
} as const

test('zot 8a99a3ed: no secret is in a log, an error, an event, in info or on a command line', async () => {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const realm = stack.use(
    await startWebServer(({ headers, body }, response) => {
      const isWrong = /wrong/.test(
        Buffer.from(headers.authorization?.slice('Basic '.length) ?? '', 'base64').toString(),
      )
      if (isWrong) return void response.writeHead(401).end('{"details":"incorrect username or password"}')
      const refresh = body === '' ? { refresh_token: planted.identityToken } : {}
      response.end(JSON.stringify({ token: planted.bearer, ...refresh }))
    }),
  )
  // Nobody listens there: the error of the connection is told.
  const gone = await startWebServer(() => {})
  await gone[Symbol.asyncDispose]()
  const registry = stack.use(
    await startWebServer(({ path, headers }, response) => {
      const { host } = new URL(realm.url)
      const challenge = `Bearer realm="http://me:${planted.userInfo}@${host}/token",service="s",scope="repository:team/app:pull"`
      if (!headers.authorization) return void response.writeHead(401, { 'WWW-Authenticate': challenge }).end()
      if (path.endsWith('/v2/')) return void response.end('{}')
      const location = `http://me:${planted.userInfo}@${gone.address}/blob?X-Signature=${planted.signature}`
      response.writeHead(307, { Location: location }).end()
    }),
  )
  const certs = join('/etc/berth/certs.d', registry.address.replace(/:(\d+)$/, '_$1_'))
  stack.defer(() => rm(certs, { recursive: true, force: true }))
  await mkdir(certs, { recursive: true })
  const hosts = `[host."${gone.url}"]\n[host."${gone.url}".header]\nx-secret = "${planted.header}"\n`
  await writeFile(join(certs, 'hosts.toml'), hosts)
  const proxies = { HTTPS_PROXY: `http://me:${planted.proxy}@${gone.address}` }
  const engine = stack.use(
    await startEngine({ bridge: 'none', env: proxies, flags: ['--log-level', 'debug'] }),
  )

  const helper = join(directory, 'docker-credential-told')
  await writeFile(helper, `#!/bin/sh\necho "$0 $*" >> ${directory}/argv\ncat > ${directory}/stdin-$1\n`)
  await chmod(helper, 0o755)
  await writeFile(join(directory, 'config.json'), '{"credsStore":"told"}')
  const env = { DOCKER_CONFIG: directory, PATH: `${directory}:${process.env['PATH'] ?? ''}` }
  const outcomes: ProgramResult[] = []
  const berth = async (args: string[], options: { input?: string; auth?: object } = {}) => {
    const { input = '', auth } = options
    const own = auth ? { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [registry.address]: auth } }) } : {}
    outcomes.push(await engine.berth(['--debug', ...args], { input, env: { ...env, ...own } }))
    return outcomes.at(-1) ?? assert.fail()
  }
  const name = `${registry.address}/team/app:v1`
  const login = ['login', '-u', 'ann', '--password-stdin', registry.address]
  const wrong = await berth(login, { input: planted.wrongPassword })
  assert.match(wrong.stderr, /incorrect username or password/)
  assert.equal((await berth(login, { input: planted.password })).exitCode, 0)
  const basic = Buffer.from(`ann:${planted.password}`).toString('base64')
  for (const auth of [
    { auth: basic },
    { identitytoken: planted.identityToken },
    { registrytoken: planted.registryToken },
  ]) {
    const pulled = await berth(['pull', name], { auth })
    assert.equal(pulled.exitCode, 1)
    assert.match(pulled.stderr, /connection refused/)
    await berth(['image', 'copy', name, `oci:${directory}/layout`], { auth })
    await berth(['search', `${registry.address}/app`], { auth })
  }
  await berth(['pull', 'alpine'])
  await berth(['mirror', 'test', '--image', 'alpine', `http://me:${planted.userInfo}@${gone.address}`])
  await berth(['info'])
  outcomes.push(
    await engine.docker(['events', '--since', '1m', '--until', String(Math.ceil(Date.now() / 1000))]),
  )

  assert.match(await readFile(join(directory, 'stdin-store'), 'utf8'), new RegExp(planted.identityToken))
  const told = [
    await engine.log(),
    await readFile(join(directory, 'argv'), 'utf8'),
    ...outcomes.flatMap(({ stdout, stderr }) => [stdout, stderr]),
  ].join('\n')
  assert.match(told, /credentials withheld|connection refused/)
  for (const secret of [...Object.values(planted), basic]) {
    const place = told.indexOf(secret)
    assert.equal(place, -1, `${secret} in: ${told.slice(Math.max(0, place - 200), place + 100)}`)
  }
})
