import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { networks } from './testsuite/engine-samples.ts'
import { startFakeEngine } from './testsuite/fake-engine.ts'
import { runBerth } from './testsuite/run-berth.ts'
import { runDocker, withoutStockDocker } from './testsuite/stock-docker.ts'

const program = join(import.meta.dirname, 'berth.ts')

/** A machine behind `ssh`, on which both clients' names are ours: what is run there is run here. */
async function startMachine() {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'berth-ssh-'))
  stack.defer(() => rm(folder, { recursive: true }))
  const engine = stack.use(await startFakeEngine({ 'GET /networks': networks }))
  const write = (name: string, text: string) => writeFile(join(folder, name), text, { mode: 0o755 })
  await write(
    'ssh',
    '#!/bin/sh\nprintf "%s\\n" "$@" >"$0.args"\nwhile [ "$1" != -- ]; do shift; done\nshift 2\neval "$*"\n',
  )
  for (const name of ['berth', 'docker'])
    await write(name, `#!/bin/sh\nexec '${process.execPath}' '${program}' -H '${engine.host}' "$@"\n`)
  const env = { DOCKER_CONFIG: folder, HOME: folder, PATH: `${folder}:${process.env['PATH']}` }
  const owned = stack.move()
  return {
    env,
    engine,
    write,
    sshArguments: async () => (await readFile(join(folder, 'ssh.args'), 'utf8')).trimEnd().split('\n'),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

describe('an engine behind ssh', () => {
  test('is asked as one that is here', async () => {
    await using machine = await startMachine()
    const { env, engine } = machine
    const far = await runBerth(['-H', 'ssh://me@far:2222', 'network', 'ls'], { env })
    const here = await runBerth(['-H', engine.host, 'network', 'ls'], { env })
    assert.deepEqual(far, here)
    assert.equal(far.status, 0)
    const expected = ['-o', 'ConnectTimeout=30', '-T', '-l', 'me', '-p', '2222', '--', 'far']
    assert.deepEqual((await machine.sshArguments()).slice(0, expected.length), expected)
  })

  test('that ssh does not reach is told in its words', async () => {
    await using machine = await startMachine()
    await machine.write(
      'ssh',
      '#!/bin/sh\necho "ssh: connect to host far port 22: Connection refused" >&2\nexit 255\n',
    )
    const { status, stderr } = await runBerth(['-H', 'ssh://far', 'network', 'ls'], { env: machine.env })
    assert.equal(status, 1)
    assert.match(
      stderr,
      /^error during connect: Head "http:\/\/far\/_ping": command \[ssh [^]*\] has exited with exit status 255, [^]*stderr=ssh: connect to host far port 22: Connection refused\n/,
    )
  })

  test("is reached by the stock client through berth's end", { skip: withoutStockDocker }, async () => {
    await using machine = await startMachine()
    const { env } = machine
    const ours = await runBerth(['-H', 'ssh://far', 'network', 'ls'], { env })
    const theirs = await runDocker(['-H', 'ssh://far', 'network', 'ls'], env)
    assert.deepEqual(ours, theirs)
  })
})
