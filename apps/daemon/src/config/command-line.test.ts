import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parseCommandLine } from './command-line.ts'

const directory = mkdtempSync(join(tmpdir(), 'berthd-config-'))
after(() => rmSync(directory, { recursive: true }))

function withFile(content: unknown, ...argv: string[]) {
  const path = join(directory, 'daemon.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return parseCommandLine(['--config-file', path, ...argv], { version: '0.1.0' })
}

function configOf(invocation: ReturnType<typeof withFile>) {
  assert.equal(invocation.kind, 'run', JSON.stringify(invocation))
  return invocation.config
}

function errorOf(invocation: ReturnType<typeof withFile>) {
  assert.equal(invocation.kind, 'end')
  assert.equal(invocation.exitCode, 1)
  return invocation.stderr.replace(/^unable to configure the daemon(?: with file \S+)?: /, '').trimEnd()
}

test('parseCommandLine() fills in the defaults', () => {
  const config = configOf(withFile({}))
  assert.deepEqual(config.listen, [{ kind: 'unix', path: '/run/berth/berth.sock' }])
  assert.deepEqual(
    [config.dataRoot, config.execRoot, config.pidFile],
    ['/var/lib/berth', '/run/berth', '/run/berth/berthd.pid'],
  )
  assert.deepEqual(config.group, { name: 'docker', isRequired: false })
  assert.deepEqual(
    [config.logLevel, config.maxConcurrentDownloads, config.shutdownTimeoutSeconds],
    ['info', 3, 15],
  )
  assert.equal(config.bridge.isEnabled, true)
  assert.ok(Object.isFrozen(config))
})

test('parseCommandLine() takes flags and file together', () => {
  const file = {
    'registry-mirrors': ['http://127.0.0.1:5000/hub'],
    debug: true,
    runtimes: { kata: { path: '/usr/bin/kata', runtimeArgs: ['--x'] } },
    'log-opts': { 'max-size': '10m' },
    'storage-driver': 'overlay2',
  }
  const flags = [
    '-H',
    'unix:///tmp/a.sock',
    '-Htcp://127.0.0.1:0',
    '--add-runtime',
    'mine=/bin/mine',
    '-b',
    'none',
    '--live-restore',
    '-p',
    '/tmp/b.pid',
  ]
  const config = configOf(withFile(file, ...flags))
  assert.deepEqual(config.listen, [
    { kind: 'unix', path: '/tmp/a.sock' },
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
  ])
  assert.deepEqual(config.registryMirrors, ['http://127.0.0.1:5000/hub/'])
  assert.equal(config.logLevel, 'debug')
  assert.deepEqual(config.runtimes, {
    kata: { path: '/usr/bin/kata', args: ['--x'] },
    mine: { path: '/bin/mine', args: [] },
  })
  assert.deepEqual(config.bridge, { isEnabled: false, name: undefined, address: undefined })
  assert.deepEqual(
    [config.isLiveRestore, config.storageDriver, config.pidFile],
    [true, 'overlay', '/tmp/b.pid'],
  )
})

test('parseCommandLine() refuses a setting that is both a flag and in the file', () => {
  assert.equal(
    errorOf(withFile({ debug: false, hosts: ['fd://'] }, '-D', '-H', 'unix:///a', '-H', 'unix:///b')),
    'the following directives are specified both as a flag and in the configuration file: debug: (from flag: true, from file: false), hosts: (from flag: [unix:///a unix:///b], from file: [fd://])',
  )
})

test('parseCommandLine() refuses what it cannot mean', () => {
  const refused: [unknown, string[], RegExp][] = [
    [{ foo: 1, bar: 2 }, [], /^the following directives don't match any configuration option: foo, bar$/],
    [{ debug: 'yes' }, [], /^invalid value for "debug": /],
    [{ hosts: 'unix:///x' }, [], /^invalid value for "hosts": /],
    ['{,}', [], /JSON/],
    [[], [], /not a JSON object/],
    [{}, ['-l', 'loud'], /^invalid log-level "loud"/],
    [{}, ['--registry-mirror', 'mirror:5000'], /^invalid mirror: no scheme specified/],
    [{}, ['--insecure-registry', 'http://x'], /^insecure registry http:\/\/x is not valid/],
    [{}, ['-H', 'npipe://x'], /^invalid bind address format: npipe:\/\/x$/],
    [{}, ['-b', 'br0', '--bip', '10.0.0.1/24'], /mutually exclusive/],
    [{}, ['--max-concurrent-downloads', '0'], /^invalid max concurrent downloads: 0$/],
    [{}, ['--add-runtime', 'runc=/x'], /^runtime name 'runc' is reserved$/],
    [{}, ['--data-root', 'relative'], /^data-root "relative" is not an absolute path$/],
    [{}, ['-s', 'zfs'], /^invalid storage-driver "zfs"/],
  ]
  for (const [file, argv, pattern] of refused) assert.match(errorOf(withFile(file, ...argv)), pattern)
})

test("parseCommandLine() takes Docker's other keys and says that they do nothing", () => {
  const config = configOf(withFile({ 'userland-proxy': false, features: { buildkit: true } }))
  assert.equal(config.warnings.length, 2)
  assert.match(config.warnings[0] ?? '', /^"userland-proxy" in the configuration file has no effect$/)
})

test('parseCommandLine() prints help, version and the verdict on a configuration', () => {
  const version = parseCommandLine(['-v'], { version: '1.2.3' })
  assert.deepEqual(version, { kind: 'end', exitCode: 0, stdout: 'berthd version 1.2.3\n', stderr: '' })
  assert.deepEqual(withFile({ debug: true }, '--validate'), {
    kind: 'end',
    exitCode: 0,
    stdout: 'configuration OK\n',
    stderr: '',
  })
  const help = parseCommandLine(['--help'], { version: '' })
  assert.ok(help.kind === 'end' && /^ {2}-H, --host list +Daemon socket/m.test(help.stdout))
})

test('parseCommandLine() ends with 125 for wrong flags and 1 for a file that is not there', () => {
  const wrong = parseCommandLine(['--nope'], { version: '' })
  assert.deepEqual(wrong, {
    kind: 'end',
    exitCode: 125,
    stdout: '',
    stderr: "unknown flag: --nope\nSee 'berthd --help'.\n",
  })
  const extra = parseCommandLine(['extra'], { version: '' })
  assert.ok(extra.kind === 'end' && extra.exitCode === 125)
  const absent = parseCommandLine(['--config-file', '/nonexistent/daemon.json'], { version: '' })
  assert.equal(errorOf(absent), 'open /nonexistent/daemon.json: no such file or directory')
})
