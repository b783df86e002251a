import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { launcher } from './hub-program.ts'

const run = promisify(execFile)
const timeoutMs = 60_000

/** What the program says when it ends by itself with 1; one that goes on for a minute is ended, which fails. */
async function refusalOf(
  args: readonly string[],
  { environment = {}, command = [launcher] }: { environment?: NodeJS.ProcessEnv; command?: string[] } = {},
): Promise<string> {
  const [file = '', ...before] = command
  const child = spawn(file, [...before, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  })
  const said = text(child.stderr)
  const [code] = (await once(child, 'exit')) as [number | null]
  assert.equal(code, 1, `${args.join(' ')}: ${code === null ? 'did not end' : await said}`)
  return said
}

async function makePair(directory: string, name: string): Promise<{ cert: string; key: string }> {
  const [cert, key] = [join(directory, `${name}.pem`), join(directory, `${name}.key`)]
  const kind = `-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=${name}`
  await run('openssl', ['req', ...kind.split(' '), '-keyout', key, '-out', cert])
  return { cert, key }
}

async function takePort(stack: AsyncDisposableStack): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  stack.defer(() => void server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const missing = 'no such file or directory'

test('berth-hub ends when it cannot serve, and says once why, however many workers it has', async () => {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const file = join(directory, 'file')
  await writeFile(file, '')
  const taken = await takePort(stack)
  const rows: [flags: string[], said: string][] = [
    [
      ['--listen', taken],
      `Cannot listen on ${taken}: address already in use\nChoose another address with --listen.`,
    ],
    [
      ['--metrics', taken],
      `Cannot serve metrics on ${taken}: address already in use\nChoose another address with --metrics.`,
    ],
    [
      ['--data', file],
      `Cannot keep anything in ${file}/registry: not a directory\nChoose another directory with --data.`,
    ],
    [
      ['--data', '/proc/berth'],
      'Cannot keep anything in /proc/berth/registry: proc is a file system of the kernel, for no files\nChoose another directory with --data.',
    ],
    [
      ['--htpasswd', join(directory, 'nowhere')],
      `Cannot read ${directory}/nowhere of --htpasswd: ${missing}`,
    ],
  ]
  const serve = ['serve', '--data', directory, '--listen', '127.0.0.1:0', '--workers', '2']
  for (const [flags, said] of rows)
    assert.equal(await refusalOf([...serve, ...flags]), `berth-hub: ${said}\n`)
  assert.equal(
    await refusalOf(serve, {
      environment: { BERTH_HUB_DATABASE: 'postgres://hub:hunter2@127.0.0.1:1/images' },
    }),
    'berth-hub: Cannot open database images at 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1\nPostgreSQL must run there, and let this user in to a database of this name.\n',
  )
})

test('berth-hub names the file and the key of a setting that cannot be used', async () => {
  await using stack = new AsyncDisposableStack()
  const file = join(await temporaryDirectory(stack), 'hub.yaml')
  await writeFile(file, 'listen: ":0"\nworkers: many\n')
  assert.equal(
    await refusalOf(['serve', '--validate', '--config', file]),
    `berth-hub: Cannot read ${file}: workers "many" is not a number from 1 on\nSee 'berth-hub serve --help'.\n`,
  )
})

test('berth-hub serve --validate says which file is wrong, and how', async () => {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const file = join(directory, 'file')
  await writeFile(file, '')
  const policies = join(directory, 'policies.json')
  await writeFile(policies, '[{"repositories": "a", "retention": {"keepNewest": "all"}}]')
  const [first, second] = [await makePair(directory, 'first'), await makePair(directory, 'second')]
  const nowhere = join(directory, 'nowhere')
  const tls = (cert: string, key: string) => ['--tls-cert', cert, '--tls-key', key]
  const rows: [flags: string[], said: string][] = [
    [tls(nowhere, first.key), `Cannot read ${nowhere} of --tls-cert: ${missing}`],
    [tls(file, first.key), `Cannot read ${file} of --tls-cert: it is no certificate in PEM`],
    [
      tls(first.cert, first.cert),
      `Cannot read ${first.cert} of --tls-key: it is no private key in PEM without a passphrase`,
    ],
    [
      tls(first.cert, second.key),
      `Cannot use ${second.key} of --tls-key: it is not the key of ${first.cert} (CN=first)\nThe first certificate of --tls-cert is the server's own, those that signed it come after.`,
    ],
    [['--token-key', nowhere], `Cannot read ${nowhere} of --token-key: ${missing}`],
    [
      ['--upstream', 'docker.io', '--upstream-auth', nowhere],
      `Cannot read ${nowhere} of --upstream-auth: ${missing}`,
    ],
    [
      ['--upstream', 'docker.io', '--upstream-auth', file],
      `Cannot read ${file} of --upstream-auth: it is not a config.json of docker login`,
    ],
    [
      ['--policies', policies],
      `Cannot read ${policies} of --policies: 0.retention.keepNewest: Invalid type: Expected number but received "all"`,
    ],
  ]
  for (const [flags, said] of rows)
    assert.equal(await refusalOf(['serve', '--validate', ...flags]), `berth-hub: ${said}\n`)
})

test('berth-hub refuses a directory whose file system has no links', async () => {
  await using stack = new AsyncDisposableStack()
  const data = await temporaryDirectory(stack)
  for (const call of ['link', 'symlink']) {
    const inject = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:error=EPERM`]
    const serve = ['serve', '--data', data, '--listen', '127.0.0.1:0', '--workers', '1']
    assert.equal(
      await refusalOf(serve, { command: ['strace', ...inject, launcher] }),
      `berth-hub: Cannot keep blobs below ${data}/registry/locks: its file system has no hard or no symbolic links\nUse one that has them, such as ext4, XFS, Btrfs or NFS.\n`,
    )
  }
})

test('berth-hub gc refuses a directory in which no registry is kept, and makes none', async () => {
  await using stack = new AsyncDisposableStack()
  const data = join(await temporaryDirectory(stack), 'mistyped')
  assert.match(
    await refusalOf(['gc', '--data', data]),
    /^berth-hub: Cannot collect garbage in .*mistyped: no registry is kept there\n/,
  )
  await assert.rejects(access(data), { code: 'ENOENT' })
})
