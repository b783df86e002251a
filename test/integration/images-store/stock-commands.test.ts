import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { packTar } from '@berth/layer'
import { suiteStack } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { buildImage, busyboxImage } from '../../fixtures/images.ts'
import type { ProgramResult } from '../../fixtures/program.ts'

let engine: TestEngine
let hub: TestHub

const stack = suiteStack()
before(async () => {
  hub = stack.use(await startHub())
  const old = await buildImage({
    layers: [{ '/x': 'y' }, Buffer.concat(await Array.fromAsync(packTar([{ name: 'z' }])))],
    created: '2020-01-01T00:00:00Z',
    config: { Labels: { a: 'b<', c: '' }, Env: ['A=<b>&c'], Cmd: ['x'] },
  })
  await hub.push(await busyboxImage(), 'library/busybox:1')
  await hub.push(old, 'library/old:1')
  engine = stack.use(await startEngine({ bridge: 'none', flags: ['--registry-mirror', hub.url] }))
  for (const image of ['busybox:1', 'old:1']) await engine.docker(['pull', '-q', image])
  await engine.docker(['create', '--name', 'made', '--label', 'x=1', 'busybox:1', 'true'])
})

/** The clients call themselves by their own names, and ours says the next step below an error. */
function comparable({ exitCode, stdout, stderr }: ProgramResult) {
  const [words = ''] = stderr.split('\n')
  const neutral = (text: string) => text.replaceAll(/docker|berth/gi, 'CLIENT')
  return { exitCode, stdout: neutral(stdout), words: neutral(words) }
}

async function compare(command: readonly string[]): Promise<void> {
  const [theirs, ours] = await Promise.all([engine.docker(command), engine.berth(command)])
  assert.deepEqual(comparable(ours), comparable(theirs), command.join(' '))
}

/** Commands that change nothing, by what they are about. */
const commands: Record<string, readonly string[]> = {
  'inspect, of any type': [
    'inspect made',
    'inspect old:1',
    'inspect bridge',
    'inspect nope',
    'inspect made nope old:1',
    'inspect --type container made',
    'inspect --type image made',
    'inspect --type network none',
    'inspect --type volume nope',
    'inspect -s made',
    'inspect -f {{.Id}} made old:1 none',
    'inspect -f {{.Id}} nope',
    'inspect -f {{.Nope}} made old:1 nope',
    'inspect -f {{.Id made',
    'inspect -f {{json.State}} made',
    'inspect -f json made old:1',
    'inspect -f json nope',
    'image inspect old:1 busybox:1',
    'image inspect nope',
    'image inspect -f {{.Size}} busybox:1 nope',
    'image inspect -f {{.RepoTags}} old:1',
    'image inspect -f {{json.Config.Env}} old:1',
    'image inspect --platform linux/s390x old:1',
    'image inspect --platform bad/x/y/z old:1',
    'container inspect busybox:1',
    'network inspect made',
    'volume inspect made',
  ],
  images: [
    'images',
    'images -q',
    'images -aq',
    'images --no-trunc',
    'images --no-trunc --digests',
    'images -q --no-trunc',
    'images busybox',
    'images busybox:1',
    'images busy*',
    'images *:1',
    'images nope',
    'images a b',
    'images --filter dangling=true',
    'images --filter dangling=false',
    'images --filter dangling=maybe',
    'images --filter label=a',
    'images --filter label=a=b<',
    'images --filter label=a=x',
    'images --filter label=a --filter label=c',
    'images --filter before=busybox:1',
    'images --filter since=old:1',
    'images --filter before=nope',
    'images --filter until=2021-01-01',
    'images --filter until=24h',
    'images --filter until=bad',
    'images --filter reference=busy*',
    'images --filter reference=none --filter reference=old',
    'images --filter reference=*/*',
    'images --filter bad=x',
    'images --filter bad',
    'images --format table',
    'images --format raw',
    'images --format raw --digests',
    'images --format raw -q',
    'images --format {{.Repository}}:{{.Tag}}/{{.ID}}/{{.Digest}}/{{.Size}}/{{.SharedSize}}/{{.VirtualSize}}',
    'images --format {{.Nope}}',
    'images --format {{.Nope',
    'image ls',
    'image list -q',
    'image ls ls',
    'image nope',
    'images --tree -q',
  ],
  history: [
    'history busybox:1',
    'history -q busybox:1',
    'history --no-trunc old:1',
    'history -H=false old:1',
    'history --format json old:1',
    'history --format {{.ID}}|{{.CreatedBy}}|{{.Size}}|{{.Comment}}|{{.CreatedAt}} old:1',
    'history nope',
    'history --platform linux/s390x busybox:1',
    'history --platform bad/x/y/z busybox:1',
  ],
  'system df': [
    'system df',
    'system df --format json',
    'system df --format raw',
    'system df --format {{.Type}}:{{.TotalCount}}:{{.Active}}:{{.Size}}:{{.Reclaimable}}',
    'system df -v --format raw',
    'system df -v --format {{json.Images}}',
    'system df -v --format {{range.Containers}}{{.Names}}{{end}}',
    'system df -v --format {{.Nope}}',
  ],
  'other lists': [
    'ps -a --format raw',
    'ps -a -s --format raw',
    'network ls --format raw',
    'network ls -q --format raw',
    'volume ls --format raw',
  ],
  refusals: [
    'tag nope x',
    'tag busybox:1 BAD',
    'tag busybox:1 x:y:z',
    'tag busybox:1 sha256:x',
    'rmi nope',
    'rmi -f nope',
    'rmi busybox:1',
    'rmi sha256:deadbeef',
    'rmi --platform linux/s390x old:1',
    'rmi --platform bad/x/y/z old:1',
    'image rm old:2 nope:3',
    'save',
    'save nope -o /nope/x.tar',
    'save -o /nope/x.tar busybox:1',
    'save --platform linux/s390x -o /tmp/never.tar busybox:1',
    'save --platform bad/x/y/z busybox:1',
    'load -i /nope',
    'load --platform bad/x/y/z -i /dev/null',
    'import /nope',
    'export nope',
    'diff nope',
    'commit nope',
    'image prune -f --filter bad=x',
    'image prune -f',
    'manifest inspect',
  ],
}

for (const [subject, lines] of Object.entries(commands)) {
  test(`both clients do and say the same: ${subject}`, async () => {
    for (const line of lines) await compare(line.split(' '))
  })
}

test('inspect of a template that is none ends with a status of its own', async () => {
  assert.equal((await engine.berth(['inspect', '-f', '{{.Id', 'made'])).exitCode, 64)
})
