import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { access, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startPostgresServer } from '@berth/sql/testsuite'
import { eventually, findFreePort, temporaryDirectory } from '@berth/stdx/testsuite'
import { hubClient, passwordOf } from '../../fixtures/accounts-hub.ts'
import { launcher, startProgramWith, startServing } from './hub-program.ts'

const run = promisify(execFile)

test('berth-hub with nothing configured: hello-world for everyone, pushing for nobody, and how to begin', async () => {
  await using stack = new AsyncDisposableStack()
  const data = await temporaryDirectory(stack)
  await run(launcher, ['seed', '--data', data])
  const { child, url } = await startServing(stack, data, ['--workers', '1'])
  const output: string[] = []
  child.stdout?.on('data', (chunk: Buffer) => output.push(String(chunk)))
  const hub = hubClient(url)
  assert.equal((await hub.call('GET', '/v2/')).status, 401)
  const scope = 'repository:library/hello-world:pull,push'
  const headers = { Authorization: `Bearer ${await hub.registryToken(undefined, scope)}` }
  assert.equal((await hub.call('GET', '/v2/library/hello-world/manifests/latest', { headers })).status, 200)
  assert.equal((await hub.call('POST', '/v2/library/hello-world/blobs/uploads/', { headers })).status, 401)
  assert.equal((await hub.must('GET', '/v1/search?q=hello')).num_results, 1)

  const created = await run(launcher, [
    'admin',
    'create',
    '--data',
    data,
    '--name',
    'chief',
    '--email',
    'a@example.com',
  ])
  const [, password = ''] = /^Password, shown this once: (\S+)$/m.exec(created.stdout) ?? []
  const session = await hub.signIn('chief', password)
  assert.equal((await hub.must('GET', '/v2/user', { session })).is_staff, true)
  await hub.signUp('ann')
  await run(launcher, ['admin', 'plan', 'ann', 'pro', '--data', data])
  const listed = await run(launcher, ['admin', 'list', '--data', data])
  assert.equal(listed.stdout, 'ann\tann@example.com\tpro\nchief\ta@example.com\tpersonal\tadministrator\n')
  await assert.rejects(run(launcher, ['admin', 'list', '--data', join(data, 'mistyped')]), {
    stderr: /^berth-hub: Cannot find a hub in .*mistyped\nSay with --data /,
  })
  await assert.rejects(access(join(data, 'mistyped')), { code: 'ENOENT' })
  const signIn = async () => {
    const body = { identifier: 'ann', secret: passwordOf('ann') }
    return (await hub.call('POST', '/v2/auth/token', { body })).status
  }
  for (const [action, status] of [
    ['disable', 401],
    ['enable', 200],
  ] as const) {
    await run(launcher, ['admin', action, 'ann', '--data', data])
    assert.equal(await signIn(), status, action)
    const { stdout } = await run(launcher, ['admin', 'list', '--data', data])
    assert.equal(/^ann\t.*\tdisabled$/m.test(stdout), action === 'disable')
  }
  assert.match(await (await fetch(url, { headers: { Accept: 'text/html' } })).text(), /<html/)
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [0, null])
})

test('berth-hub serve with a configuration file: checked, and served with metrics of all workers', async () => {
  await using stack = new AsyncDisposableStack()
  const data = await temporaryDirectory(stack)
  const file = join(data, 'hub.yaml')
  const metrics = `127.0.0.1:${await findFreePort()}`
  await writeFile(file, `sign-up: closed\nworkers: 2\nmetrics: ${metrics}\n`)
  const checked = await run(launcher, ['serve', '--config', file, '--validate'])
  assert.equal(checked.stdout, 'ok\n')
  const reserved = ['serve', '--config', file, '--upstream', 'users=https://ghcr.io']
  for (const flags of [['--validate'], ['--workers', '1', '--data', data]])
    await assert.rejects(run(launcher, [...reserved, ...flags]), {
      stderr: /Cannot mirror under the name "users": the hub's own addresses begin with it/,
    })
  await assert.rejects(run(launcher, ['serve', '--config', file, '--policies', '/nowhere', '--validate']), {
    stderr: /Cannot read \/nowhere of --policies: no such file or directory/,
  })
  const { url } = await startServing(stack, data, ['--config', file])
  const hub = hubClient(url)
  const body = { username: 'ann', email: 'ann@example.com', password: passwordOf('ann') }
  assert.equal((await hub.call('POST', '/v2/users', { body })).status, 403)
  for (const path of ['/healthz', '/readyz']) assert.equal((await hub.call('GET', path)).status, 200)
  await eventually(async () => {
    const text = await (await fetch(`http://${metrics}/metrics`)).text()
    assert.match(
      text,
      /^http_server_request_duration_seconds_count\{.*http_response_status_code="403".*\} 1$/m,
    )
    assert.match(text, /^process_resident_memory_bytes/m)
  })
})

test('two hubs on one PostgreSQL: an account, a session and a push of one count at the other', async () => {
  await using stack = new AsyncDisposableStack()
  const server = stack.use((await startPostgresServer()) ?? assert.fail('PostgreSQL is not installed'))
  const environment = { BERTH_HUB_DATABASE: await server.createDatabase() }
  const data = await temporaryDirectory(stack)
  const options = { data, more: ['--workers', '1'], environment }
  const first = hubClient((await startProgramWith(stack, options)).url)
  const second = hubClient((await startProgramWith(stack, options)).url)
  const session = await first.signUp('ann')
  await second.must('POST', '/v2/namespaces/ann/repositories', {
    session,
    body: { name: 'tool', is_private: true },
  })
  const login = { name: 'ann', secret: passwordOf('ann') }
  const token = await second.registryToken(login, 'repository:ann/tool:pull,push')
  const headers = { Authorization: `Bearer ${token}` }
  assert.equal((await first.call('POST', '/v2/ann/tool/blobs/uploads/', { headers })).status, 202)
  assert.equal((await first.must('GET', '/v2/search/repositories?query=tool', { session })).count, 1)
  assert.equal((await first.must('GET', '/v2/search/repositories?query=tool')).count, 0)
  await second.must('POST', '/v2/logout', { session })
  assert.equal((await first.call('GET', '/v2/user', { session })).status, 401)
})
