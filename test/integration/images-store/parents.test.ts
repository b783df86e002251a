import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { hasDockerd, startDockerd, type TestDockerd } from '../../fixtures/dockerd.ts'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { busyboxImage } from '../../fixtures/images.ts'
import { runProgram, type ProgramResult } from '../../fixtures/program.ts'

const withoutDockerd = !hasDockerd && 'needs docker.io (dockerd)'

type Run = (args: readonly string[]) => Promise<ProgramResult>

let hub: TestHub
let engine: TestEngine
let second: TestEngine
let peer: TestDockerd | undefined

before(async () => {
  hub = await startHub()
  await hub.push(await busyboxImage({ created: '2024-01-01T00:00:00Z' }), 'library/busybox:latest')
  const flags = ['--registry-mirror', hub.url]
  const start = () => startEngine({ bridge: 'none', flags })
  ;[engine, second, peer] = await Promise.all([
    start(),
    start(),
    hasDockerd ? startDockerd(flags) : undefined,
  ])
})

after(async () => {
  for (const one of [peer, second, engine, hub]) await one?.[Symbol.asyncDispose]()
})

const on =
  (host: string): Run =>
  (args) =>
    runProgram(['docker', '-H', host, ...args])

const list = 'images -a --format {{.Repository}}:{{.Tag}}|{{.ID}}'

/** Commands by what they are about; what one prints can have a name, by which later ones call it. Each begins with `busybox` alone. */
const walks: Record<string, readonly string[]> = {
  'what was made of what': [
    'C1=create --network none busybox true',
    'I1=commit C1 one:1',
    'C2=create --network none one:1 true',
    'I2=commit C2',
    'C3=create --network none I2 true',
    'I3=commit C3 three:1',
    'inspect -f {{.Parent}} busybox one:1 I2 three:1',
    'history -q --no-trunc three:1',
    'history --format {{.ID}}|{{.CreatedBy}} one:1',
    'images --format {{.Repository}}:{{.Tag}}|{{.ID}}',
    list,
    'images -q -f dangling=true',
    'images -aq -f dangling=true',
    'images -aq -f dangling=false',
    'images -aq -f reference=one',
    'images -aq -f before=three:1 -f reference=busy*',
    'ps -aq --no-trunc --filter ancestor=busybox',
    'ps -aq --no-trunc --filter ancestor=one:1',
    'ps -aq --no-trunc --filter ancestor=three:1',
    'system df --format {{.Type}}:{{.TotalCount}}:{{.Active}}',
    'rmi I2',
    'rmi -f I2',
    'rmi one:1',
    'rm C1 C2 C3',
    'rmi I1',
    'rmi -f I1',
    'rmi -f BUSYBOX',
    'rmi one:1',
    'rmi one:1',
    list,
    'image prune -f',
    'system df --format {{.Type}}:{{.TotalCount}}:{{.Active}}',
    'rmi --no-prune three:1',
    list,
    'images -q -f dangling=true',
    'rmi I2',
    list,
  ],
  'what goes with the last that was made of it': [
    'C1=create --network none busybox true',
    'I1=commit C1 base:1',
    'C2=create --network none base:1 true',
    'I2=commit C2 two:1',
    'I3=commit C2 three:1',
    'rmi two:1',
    'rm C1 C2',
    'rmi base:1',
    'rmi busybox',
    list,
    'C3=create --network none I1 true',
    'rmi three:1',
    list,
    'image prune -f',
    'rm C3',
    'image prune -f',
    list,
    'pull -q busybox',
  ],
  'what a prune of all leaves': [
    'C1=create --network none busybox true',
    'I1=commit C1 base:1',
    'C2=create --network none base:1 true',
    'I2=commit C2',
    'C3=create --network none I2 true',
    'rm C1 C2',
    'image prune -f',
    'image prune -af',
    list,
    'system df --format {{.Type}}:{{.TotalCount}}:{{.Active}}',
    'image prune -f --filter until=1h --filter until=2h',
    'rm C3',
    'image prune -af --filter label=none',
    'image prune -af',
    list,
    'pull -q busybox',
  ],
  'what archives carry': [
    'C1=create --network none busybox true',
    'I1=commit C1 base:1',
    'C2=create --network none base:1 true',
    'I2=commit C2 two:1',
    'rm C1 C2',
    'save -o BOTH two:1 base:1',
    'save -o CHILD two:1',
    'rmi two:1 base:1',
    'load -i CHILD',
    'inspect -f {{.Parent}} two:1',
    'history -q --no-trunc two:1',
    'load -i BOTH',
    'inspect -f {{.Parent}} two:1 base:1',
    'history -q --no-trunc two:1',
    'rmi I1',
    'rmi base:1 two:1',
    list,
  ],
  'what names and containers keep': [
    'C1=create --network none busybox true',
    'tag busybox busybox:2',
    'rmi BUSYBOX',
    'rmi DIGEST',
    'rmi DIGEST',
    'rmi busybox:2',
    'rmi busybox',
    'rmi -f busybox',
    'ps -a --format {{.Image}}|{{.Command}}',
    list,
    'rm C1',
    'pull -q DIGEST',
    'C2=create --network none DIGEST true',
    'images -q -f dangling=true',
    'images -q -f dangling=false',
    'rmi DIGEST',
    'rmi BUSYBOX',
    'tag DIGEST other:1',
    'rmi other:1',
    'tag DIGEST other:1',
    'rmi BUSYBOX',
    'rm C2',
    'rmi BUSYBOX',
    'rmi -f BUSYBOX',
    'pull -q busybox',
    'C3=run -d --network none busybox sleep 60',
    'rmi busybox',
    'rmi BUSYBOX',
    'rmi -f BUSYBOX',
    'rmi -f busybox',
    list,
    'rm -f C3',
    'rmi sha256:0000',
    'rmi 000000000000',
    'rmi busybox busybox:3',
    'pull -q busybox',
  ],
}

/** Goes through commands, and tells what they print, with the names in place of ids. */
async function walk(run: Run, lines: readonly string[]): Promise<string[]> {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const inspect = await run(['inspect', '-f', '{{.Id}} {{index .RepoDigests 0}}', 'busybox'])
  const [imageId = '', digest = ''] = inspect.stdout.trim().split(' ')
  const ids = new Map([
    ['BUSYBOX', imageId],
    ['DIGEST', digest],
    ['BOTH', join(directory, 'both.tar')],
    ['CHILD', join(directory, 'child.tar')],
  ])
  const said: string[] = []
  for (const line of lines) {
    const [, name, command = ''] = /^(?:(\w+)=)?(\w.*)$/.exec(line) ?? []
    const { exitCode, stdout, stderr } = await run(command.split(' ').map((word) => ids.get(word) ?? word))
    if (name !== undefined) ids.set(name, stdout.trim())
    said.push(`${line}\n${comparable(stdout, ids)}${comparable(stderr, ids)}= ${exitCode}`)
  }
  return said
}

/**
 * Docker's engine deletes layers besides images, and gives no order to what was made in one second; our client says the next
 * step below an error.
 */
function comparable(text: string, ids: ReadonlyMap<string, string>): string {
  let named = text.replaceAll(/docker|berth/gi, 'CLIENT').replace(/(reclaimed space: ).*/, '$1some')
  for (const [name, id] of ids) {
    const hex = id.replace(/^.*sha256:/, '')
    named = named.replaceAll(hex, name).replaceAll(hex.slice(0, 12), name)
  }
  const lines = named
    .split('\n')
    .filter((line) => !/^deleted: sha256:[0-9a-f]{64}$|^Get it with /i.test(line))
  return lines.toSorted().join('\n')
}

for (const [subject, lines] of Object.entries(walks)) {
  test(`docker.io and both clients say the same: ${subject}`, { skip: withoutDockerd }, async () => {
    const runs: Run[] = [on(peer?.host ?? ''), engine.docker.bind(engine), second.berth.bind(second)]
    for (const run of runs) assert.equal((await run(['pull', '-q', 'busybox'])).exitCode, 0)
    const [theirs = [], ours, berth] = await Promise.all(runs.map((run) => walk(run, lines)))
    for (const [index, line] of theirs.entries()) {
      assert.equal(ours?.[index], line)
      assert.equal(berth?.[index], line)
    }
    assert.equal(theirs.length, lines.length)
  })
}

test('archives carry parents from docker.io to us and back', { skip: withoutDockerd }, async () => {
  await using stack = new AsyncDisposableStack()
  const path = join(await temporaryDirectory(stack), 'both.tar')
  const [peerRun, ourRun] = [on(peer?.host ?? ''), engine.docker.bind(engine)]
  const ok = async (run: Run, command: string) => {
    const { exitCode, stdout, stderr } = await run(command.split(' '))
    assert.equal(exitCode, 0, `docker ${command}: ${stderr}`)
    return stdout.trim()
  }
  for (const [from, to] of [
    [peerRun, ourRun],
    [ourRun, peerRun],
  ] as const) {
    const base = await ok(from, 'create --network none busybox true')
    const baseId = await ok(from, `commit ${base} base:1`)
    const tip = await ok(from, 'create --network none base:1 true')
    const tipId = await ok(from, `commit ${tip} tip:1`)
    await ok(from, `rm ${base} ${tip}`)
    await ok(from, `save -o ${path} tip:1 base:1`)
    await ok(from, 'rmi tip:1 base:1')
    await ok(to, `load -q -i ${path}`)
    assert.equal(await ok(to, 'inspect -f {{.Id}},{{.Parent}} tip:1'), `${tipId},${baseId}`)
    await ok(to, 'rmi tip:1 base:1')
  }
})
