import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { eventually, suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { busyboxImage, hardLinkTo } from '../../fixtures/images.ts'
import { storedContent } from '../../fixtures/stored-content.ts'
import { startWebServer } from '../../fixtures/web-server.ts'

let engine: TestEngine
let hub: TestHub
let directory: string

const stack = suiteStack()
before(async () => {
  directory = await temporaryDirectory(stack)
  hub = stack.use(await startHub())
  const layer = {
    '/data/': { mode: 0o750 },
    '/data/kept': 'kept',
    '/data/old': 'old',
    '/data/again': hardLinkTo('/data/kept'),
    '/gone/': {},
    '/gone/file': 'x',
  }
  await hub.push(await busyboxImage({ layers: [layer] }), 'library/busybox:latest')
  engine = stack.use(await startEngine({ bridge: 'none', flags: ['--registry-mirror', hub.url] }))
  await docker('pull', '-q', 'busybox')
})

async function docker(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await engine.docker(args)
  assert.equal(exitCode, 0, `docker ${args.join(' ')}: ${stderr}`)
  return stdout.trimEnd()
}

const started = (name: string, script: string) =>
  docker(
    'run',
    '-d',
    '--name',
    name,
    '--network',
    'none',
    'busybox',
    'sh',
    '-c',
    `${script}; touch /done; sleep 600`,
  )

const settled = (name: string) =>
  eventually(async () => {
    const { exitCode } = await engine.docker(['exec', name, 'test', '-e', '/done'])
    assert.equal(exitCode, 0)
  }, 10_000)

const changing =
  'echo new > /new; ln /new /new-link; rm /data/old; echo changed > /data/kept; rm -r /gone; mkdir /gone; touch /gone/other; chmod 700 /home; mkfifo /pipe'

test('diff() tells what was added, changed and deleted, and nothing that every container is given', async () => {
  await docker('create', '--name', 'untouched', '--network', 'none', 'busybox', 'true')
  assert.equal(await docker('diff', 'untouched'), '')
  await started('quiet', 'true')
  await settled('quiet')
  assert.equal(await docker('diff', 'quiet'), 'A /done')
  await started('busy', changing)
  await settled('busy')
  const expected = [
    'C /data',
    'C /data/kept',
    'D /data/old',
    'A /done',
    'C /gone',
    'D /gone/file',
    'A /gone/other',
    'C /home',
    'A /new',
    'A /new-link',
    'A /pipe',
  ]
  assert.deepEqual((await docker('diff', 'busy')).split('\n'), expected)
  await docker('rm', '-f', 'untouched', 'quiet')
  await docker('stop', '-t', '0', 'busy')
  assert.deepEqual((await docker('diff', 'busy')).split('\n'), expected)
})

test('commit() makes an image of what a container changed, with its config and the changes that were asked for', async () => {
  await docker('start', 'busy')
  // Its script runs once more.
  await eventually(() => docker('exec', 'busy', 'busybox', 'pidof', 'sleep'), 10_000)
  const changes = ['-c', 'ENV A=b', '-c', 'CMD ["cat", "/new"]', '-c', 'LABEL l=1', '-c', 'EXPOSE 80']
  const id = await docker('commit', '-m', 'why', '-a', 'who', ...changes, 'busy', 'made:1')
  assert.match(id, /^sha256:[a-f0-9]{64}$/)
  assert.equal(await docker('inspect', '-f', '{{.State.Status}}', 'busy'), 'running')
  assert.equal(await docker('run', '--rm', '--network', 'none', 'made:1'), 'new')
  const [inspected] = JSON.parse(await docker('inspect', 'made:1')) as Record<string, unknown>[]
  assert.deepEqual([inspected?.['Author'], inspected?.['Comment']], ['who', 'why'])
  const config = inspected?.['Config'] as Record<string, unknown>
  assert.deepEqual(config['Cmd'], ['cat', '/new'])
  assert.ok((config['Env'] as string[]).includes('A=b'))
  assert.deepEqual([config['Labels'], config['ExposedPorts']], [{ l: '1' }, { '80/tcp': {} }])
  const script =
    'stat -c "%h %a" /new /home; cat /data/kept; ls /data /gone; ls -d /old /gone/file 2>&1; stat -c %F /pipe; ls -a /dev /etc'
  const { stdout } = await engine.docker(['run', '--rm', '--network', 'none', 'made:1', 'sh', '-c', script])
  assert.match(stdout, /^2 644\n1 700\nchanged\n\/data:\nagain\nkept\n\n\/gone:\nother\n/)
  assert.match(stdout, /No such file or directory\n.*No such file or directory\nfifo\n/)
})

test('commit() of a container that changed nothing adds no layer', async () => {
  await started('same', 'true')
  await docker('exec', 'same', 'rm', '/done')
  const id = await docker('commit', 'same')
  const layers = async (name: string) => docker('inspect', '-f', '{{json .RootFS.Layers}}', name)
  assert.equal(await layers(id), await layers('busybox'))
  assert.match(await docker('history', '--format', '{{.Size}}', id), /^0B\n/)
  await docker('rm', '-f', 'same')
})

test('commit() of a commit keeps every layer, and its image can be saved, removed and loaded', async () => {
  const name = await docker('create', '--network', 'none', 'made:1', 'sh', '-c', 'echo second > /second')
  await docker('start', '-a', name)
  await docker('commit', '-c', 'CMD cat /new /second', name, 'made:2')
  const path = join(directory, 'made.tar')
  await docker('save', '-o', path, 'made:2')
  const id = await docker('inspect', '-f', '{{.Id}}', 'made:2')
  await docker('rm', name)
  await docker('rmi', 'made:2')
  assert.equal(await docker('load', '-i', path), 'Loaded image: made:2')
  assert.equal(await docker('inspect', '-f', '{{.Id}}', 'made:2'), id)
  assert.equal(await docker('run', '--rm', '--network', 'none', 'made:2'), 'new\nsecond')
})

test('commit() refuses what is no container and what is no change', async () => {
  const refused = async (...args: string[]) => (await engine.docker(['commit', ...args])).stderr.trim()
  const before = await storedContent(engine)
  assert.equal(await refused('nobody'), 'Error response from daemon: No such container: nobody')
  assert.match(await refused('-c', 'RUN true', 'busy'), /run is not a valid change command/)
  assert.match(await refused('busy', 'UPPER'), /repository name \(library\/UPPER\) must be lowercase/)
  assert.deepEqual(await storedContent(engine), before)
})

test('export() gives what the container sees, running or not', async () => {
  for (const state of ['running', 'exited']) {
    assert.equal(await docker('inspect', '-f', '{{.State.Status}}', 'busy'), state)
    const path = join(directory, `${state}.tar`)
    await docker('export', '-o', path, 'busy')
    const root = join(directory, state)
    await mkdir(root)
    execFileSync('tar', ['xpf', path, '-C', root])
    assert.equal(await readFile(join(root, 'data/kept'), 'utf8'), 'changed\n')
    const found = execFileSync('find', ['.', '-not', '-path', './bin/*', '-printf', '%P %y %n %m\n'], {
      cwd: root,
      encoding: 'utf8',
    })
    const lines = found.split('\n').toSorted()
    for (const line of [
      'new f 2 644',
      'new-link f 2 644',
      'pipe p 1 644',
      'home d 3 700',
      'gone/other f 1 644',
      'bin d 2 755',
    ])
      assert.ok(lines.includes(line), `${line} in\n${found}`)
    assert.ok(!/^(data\/old|gone\/file) /m.test(found))
    if (state === 'running') await docker('stop', '-t', '0', 'busy')
  }
})

test('export() and import() make an image that runs', async () => {
  const path = join(directory, 'exited.tar')
  const id = await docker('import', '-m', 'from a file', '-c', 'CMD ["cat", "/new"]', path, 'brought:1')
  assert.equal(await docker('inspect', '-f', '{{.Id}} {{.Comment}}', 'brought:1'), `${id} from a file`)
  assert.equal(await docker('run', '--rm', '--network', 'none', 'brought:1'), 'new')
  assert.equal((await docker('history', '-q', 'brought:1')).split('\n').length, 1)
})

test('import() takes compressed archives as they are, and archives behind a URL', async () => {
  const bytes = execFileSync('gzip', ['-c', join(directory, 'exited.tar')], { maxBuffer: 1 << 28 })
  const path = join(directory, 'exited.tar.gz')
  await writeFile(path, bytes)
  await using server = await startWebServer((request, response) => {
    if (request.path === '/root.tar.gz') response.end(bytes)
    else response.writeHead(404).end()
  })
  await docker('import', path, 'zipped:1')
  const text = await docker('import', `${server.url}/root.tar.gz`, 'fetched:1')
  assert.match(text, /Downloading from http:\/\/127\.0\.0\.1/)
  const layers = (name: string) => docker('inspect', '-f', '{{json .RootFS.Layers}}', name)
  assert.equal(await layers('fetched:1'), await layers('zipped:1'))
  assert.equal(await layers('fetched:1'), await layers('brought:1'))
  assert.equal(await docker('run', '--rm', '--network', 'none', 'fetched:1', 'cat', '/new'), 'new')
  const { exitCode, stderr } = await engine.docker(['import', `${server.url}/nothing`])
  assert.equal(exitCode, 1)
  assert.match(stderr, /the server answered 404/)
})

test('import() refuses what is no archive, and leaves nothing of it', async () => {
  const path = join(directory, 'no-archive')
  await writeFile(path, 'no archive at all'.repeat(100))
  const before = await storedContent(engine)
  const { exitCode, stderr } = await engine.docker(['import', path, 'never:1'])
  assert.equal(exitCode, 1)
  assert.match(stderr, /Cannot read tar/)
  assert.deepEqual(await storedContent(engine), before)
})
