import assert from 'node:assert/strict'
import { chmod, chown, lstat, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { answers, slow } from '../../fixtures/faults.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { buildImage } from '../../fixtures/images.ts'
import { runProgram } from '../../fixtures/program.ts'

const berth = join(import.meta.dirname, '../../../bin/berth')

let hub: TestHub
let engine: TestEngine
let directory: string
let file: string

const stack = suiteStack()
before(async () => {
  hub = stack.use(await startHub())
  directory = await temporaryDirectory(stack)
  file = join(directory, 'daemon.json')
  await writeFile(file, '{\n\t"max-concurrent-downloads": 4,\n\t"labels": ["a=b"]\n}\n')
  engine = stack.use(await startEngine({ bridge: 'none', flags: ['--config-file', file] }))
})

async function mirror(verb: string, ...args: string[]) {
  const { exitCode, stdout, stderr } = await engine.berth(['mirror', verb, '--config-file', file, ...args])
  return { exitCode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() }
}

const inUse = async () => (await engine.docker(['info', '-f', '{{.RegistryConfig.Mirrors}}'])).stdout.trim()

test('mirror set, add and rm change daemon.json and the engine, and nothing else', async () => {
  await hub.push(await buildImage({ layers: [{ '/a': 'mirrored' }] }), 'library/mirrored:latest')
  await chmod(file, 0o640)
  await chown(file, 12, 34)
  const set = await mirror('set', hub.url)
  assert.deepEqual(set, {
    exitCode: 0,
    stdout: `${file}: docker.io is pulled from ${hub.url}, then the registry itself`,
    stderr: 'The engine uses it from now on.',
  })
  assert.equal(
    await readFile(file, 'utf8'),
    `{\n\t"max-concurrent-downloads": 4,\n\t"labels": ["a=b"],\n\t"registry-mirrors": ["${hub.url}"]\n}\n`,
  )
  const { mode, uid, gid } = await stat(file)
  assert.deepEqual([mode & 0o777, uid, gid], [0o640, 12, 34])
  assert.equal(await inUse(), `[${hub.url}/]`)
  assert.equal((await engine.docker(['pull', '-q', 'mirrored'])).exitCode, 0)

  await mirror('add', 'https://b.example.com/path/', hub.url)
  assert.equal(await inUse(), `[${hub.url}/ https://b.example.com/path/]`)
  assert.match((await mirror('add', hub.url)).stdout, /^Nothing to change: docker\.io is pulled from/)
  assert.match((await mirror('rm', 'https://none')).stderr, /^No such mirror of docker\.io: https:\/\/none$/)
  await mirror('rm', `${hub.url}/`)
  assert.equal(await inUse(), '[https://b.example.com/path/]')
  assert.equal((await mirror('rm', '--all')).stdout, `${file}: docker.io has no mirrors`)
  assert.equal(await inUse(), '[]')
  assert.deepEqual(
    (await readdir(directory)).filter((name) => name.includes('tmp')),
    [],
  )
})

test('mirror set leaves a file alone that is broken, that the engine refuses, or that is none of its', async () => {
  const before = await readFile(file, 'utf8')
  await writeFile(file, '{\n  "labels": ["a=b"],\n}\n')
  const broken = await mirror('set', hub.url)
  assert.equal(broken.exitCode, 1)
  assert.match(
    broken.stderr,
    /^Cannot read .*daemon\.json: line 3, column 1: a key in double quotes is expected\n/,
  )
  assert.equal(await readFile(file, 'utf8'), '{\n  "labels": ["a=b"],\n}\n')

  await writeFile(file, '{"labels": ["a=b"], "no-such-key": 1}')
  const refused = await mirror('set', hub.url)
  assert.equal(refused.exitCode, 1)
  assert.match(refused.stderr, /unable to configure the daemon .*no-such-key/)
  assert.equal(await readFile(file, 'utf8'), '{"labels": ["a=b"], "no-such-key": 1}')
  await writeFile(file, before)

  assert.match((await mirror('set', 'mirror.example.com')).stderr, /^invalid mirror: no scheme specified/)
  assert.match(
    (await mirror('set', 'https://me:secret@m')).stderr,
    /^invalid mirror: username\/password not allowed .*xxxxx:xxxxx/,
  )
  const other = join(directory, 'other.json')
  const link = join(directory, 'link.json')
  await writeFile(other, '')
  await symlink(other, link)
  const elsewhere = await engine.berth(['mirror', 'set', '--config-file', link, hub.url])
  assert.equal(
    elsewhere.stderr,
    `The engine at ${engine.host} reads ${file}, not ${link}: it was not told.\n`,
  )
  assert.deepEqual(JSON.parse(await readFile(other, 'utf8')), { 'registry-mirrors': [hub.url] })
  assert.ok((await lstat(link)).isSymbolicLink())
  const alone = await runProgram([
    berth,
    '-H',
    `unix://${directory}/no.sock`,
    'mirror',
    'rm',
    '--all',
    '--config-file',
    link,
  ])
  assert.equal(alone.exitCode, 0)
  assert.match(alone.stderr, /^No engine can be asked at .*: the change counts from its next start\.$/m)
})

test('mirror set --for writes a hosts.toml, which the next pull uses', async () => {
  const registry = 'registry.invalid:5443'
  const folder = '/etc/berth/certs.d/registry.invalid_5443_'
  await using _folder = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
  await hub.push(await buildImage({ layers: [{ '/a': 'for' }] }), 'team/for:v1')
  const set = await mirror('set', '--for', registry, hub.url)
  assert.equal(set.exitCode, 0, set.stderr)
  assert.equal(set.stderr, 'Engines of this machine use it from the next pull on.')
  assert.equal(
    await readFile(join(folder, 'hosts.toml'), 'utf8'),
    `[host."${hub.url}"]\n  capabilities = ["pull", "resolve"]\n`,
  )
  const pulled = await engine.docker(['pull', '-q', `${registry}/team/for:v1`])
  assert.equal(pulled.exitCode, 0, pulled.stderr)
  const listed = await mirror('ls', '--for', registry, '--format', '{{.Registry}} {{.URL}} {{.State}}')
  assert.equal(listed.stdout, `${registry} ${hub.url} in use`)
  assert.equal((await mirror('rm', '--for', registry, '--all')).exitCode, 0)
  await assert.rejects(stat(join(folder, 'hosts.toml')), { code: 'ENOENT' })
})

test('mirror set --for refuses what is more or less than a registry', async () => {
  for (const name of ['registry.invalid/team', 'team', 'https://registry.invalid/v1/x', '../x', 'a b']) {
    const { exitCode, stdout, stderr } = await mirror('set', '--for', name, hub.url)
    assert.equal(exitCode, 1, `${name}: ${stdout}`)
    assert.match(stderr, / is not a registry$/m)
  }
})

test('mirror ls shows the order and what the engine knows', async () => {
  await using broken = await startHub()
  using _ = broken.inject({ path: /./, fault: answers(502) })
  await mirror('set', broken.url, hub.url)
  await engine.docker(['pull', '-q', 'mirrored'])
  const { stdout } = await mirror('ls', '--for', 'docker.io', '--format', '{{.URL}} {{.State}} {{.File}}')
  const [first = '', second] = stdout.split('\n')
  assert.match(first.replace(broken.url, 'B'), /^B failed, asked last for \d+ s /)
  assert.equal(second, `${hub.url} in use ${file}`)
  assert.equal((await mirror('ls', '-q', '--for', 'docker.io')).stdout, `${broken.url}\n${hub.url}`)
  await writeFile(file, JSON.stringify({ 'registry-mirrors': ['https://new.example.com'] }))
  assert.match((await mirror('ls')).stdout, /docker\.io +https:\/\/new\.example\.com +not in use yet +/)
  const other = join(directory, 'listed.json')
  await writeFile(other, JSON.stringify({ 'registry-mirrors': [hub.url] }))
  const unread = await mirror('ls', '--config-file', other, '--for', 'docker.io', '--format', '{{.State}}')
  assert.equal(unread.stdout, 'not read by the engine')
})

test('mirror test measures each mirror and the registry, and says which is the fastest', async () => {
  await using late = await startHub()
  const image = await buildImage({ layers: [{ '/big': Buffer.alloc(400_000, 'x') }], compression: 'none' })
  await hub.push(image, 'library/measured:latest')
  await late.push(image, 'library/measured:latest')
  const layer = image.layers[0]?.descriptor.digest ?? assert.fail()
  using _slow = late.inject({ path: layer, fault: slow({ chunkBytes: 100_000, delayMs: 60 }) })
  const urls = [late.url, hub.url, 'http://127.0.0.1:1']
  const json = await mirror('test', '--image', 'measured', '--format', 'json', ...urls)
  assert.equal(json.exitCode, 0, json.stderr)
  const rows = json.stdout.split('\n').map((line) => JSON.parse(line) as Record<string, string>)
  assert.deepEqual(
    rows.map(({ URL, Fastest }) => [URL, Fastest]),
    [
      [late.url, 'false'],
      [hub.url, 'true'],
      ['http://127.0.0.1:1', 'false'],
      ['https://registry-1.docker.io', 'false'],
    ],
  )
  assert.ok(Number(rows[1]?.['Speed']) > Number(rows[0]?.['Speed']))
  assert.match(rows[2]?.['Problem'] ?? '', /connection refused$/)
  const table = await mirror('test', '--image', 'measured', ...urls)
  assert.match(table.stdout, /^URL +PING +MANIFEST +SPEED +PROBLEM\n/)
  assert.ok(table.stdout.endsWith(`\n\nThe fastest is ${hub.url}`), table.stdout)
  const none = await mirror('test', '--for', 'ghcr.io', hub.url)
  assert.match(none.stderr, /^Cannot measure mirrors of ghcr\.io: say with --image what they have$/m)
})
