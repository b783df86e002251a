import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventually, temporaryDirectory } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { startHub } from '../../fixtures/hub.ts'
import { buildImage } from '../../fixtures/images.ts'

const untilLogged = (engine: TestEngine, pattern: RegExp) =>
  eventually(async () => assert.match(await engine.log(), pattern), 5000)

test('SIGHUP makes the engine use other mirrors; a file that is wrong changes nothing', async () => {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const file = join(directory, 'daemon.json')
  const hub = stack.use(await startHub())
  await hub.push(await buildImage({ layers: [{ '/a': 'a' }] }), 'library/reloaded:latest')
  await writeFile(file, JSON.stringify({ 'registry-mirrors': ['http://127.0.0.1:1'] }))
  const engine = stack.use(await startEngine({ bridge: 'none', flags: ['--config-file', file] }))
  const mirrors = async () =>
    (await engine.docker(['info', '-f', '{{.RegistryConfig.Mirrors}}'])).stdout.trim()
  assert.equal(await mirrors(), '[http://127.0.0.1:1/]')

  await writeFile(file, JSON.stringify({ 'registry-mirrors': [hub.url], 'max-concurrent-downloads': 7 }))
  process.kill(engine.pid, 'SIGHUP')
  await untilLogged(engine, /Changes that need a new start of the engine.*maxConcurrentDownloads/)
  assert.equal(await mirrors(), `[${hub.url}/]`)
  const pulled = await engine.docker(['pull', '-q', 'reloaded'])
  assert.equal(pulled.exitCode, 0, pulled.stderr)
  const events = await engine.docker([
    'events',
    '--since',
    '1m',
    '--until',
    String(Math.ceil(Date.now() / 1000) + 1),
    '--filter',
    'type=daemon',
  ])
  assert.match(events.stdout, /daemon reload .*registry-mirrors=\["http:\/\/127\.0\.0\.1:\d+\/"\]/)

  await writeFile(file, '{"registry-mirrors": ["no scheme"]}')
  process.kill(engine.pid, 'SIGHUP')
  await untilLogged(engine, /Cannot reload the configuration, the one before stays/)
  assert.equal(await mirrors(), `[${hub.url}/]`)
})

test('a hosts.toml gives any registry a mirror', async () => {
  await using stack = new AsyncDisposableStack()
  const mirror = stack.use(await startHub())
  const gone = stack.use(await startHub())
  const folder = join('/etc/berth/certs.d', gone.address.replace(/:(\d+)$/, '_$1_'))
  stack.defer(() => rm(folder, { recursive: true }))
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'hosts.toml'), `[host."${mirror.url}"]\ncapabilities = ["pull", "resolve"]\n`)
  await mirror.push(await buildImage({ layers: [{ '/a': 'a' }] }), 'team/mirrored:v1')
  const engine = stack.use(await startEngine({ bridge: 'none' }))
  const pulled = await engine.docker(['pull', '-q', `${gone.address}/team/mirrored:v1`])
  assert.equal(pulled.exitCode, 0, pulled.stderr)
  assert.equal(gone.requests.length, 0)
  assert.ok(mirror.requests.every(({ path }) => path.includes(`ns=${encodeURIComponent(gone.address)}`)))
})
