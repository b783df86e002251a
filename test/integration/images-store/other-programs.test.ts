import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { startDockerd, withDockerd } from '../../fixtures/dockerd.ts'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { buildImage, buildIndex, busyboxImage, symlinkTo } from '../../fixtures/images.ts'
import { runProgram } from '../../fixtures/program.ts'

const withSkopeo = { skip: !existsSync('/usr/bin/skopeo') && 'needs skopeo' }
const withPodman = { skip: !existsSync('/usr/bin/podman') && 'needs podman' }

let engine: TestEngine
let hub: TestHub
let directory: string
let imageId: string

const stack = suiteStack()
before(async () => {
  directory = await temporaryDirectory(stack)
  hub = stack.use(await startHub())
  const image = await busyboxImage({
    layers: [{ '/etc/motd': 'hello\n', '/link': symlinkTo('/etc/motd') }, { '/etc/.wh.group': '' }],
    config: { Cmd: ['cat', '/etc/motd'], Labels: { made: 'here' } },
  })
  imageId = image.imageId
  await hub.push(image, 'library/sample:1')
  engine = stack.use(await startEngine({ bridge: 'none', flags: ['--registry-mirror', hub.url] }))
  await docker('pull', '-q', 'sample:1')
})

async function succeed(...argv: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(argv, { timeoutMs: 120_000 })
  assert.equal(exitCode, 0, `${argv.join(' ')}: ${stderr}`)
  return stdout.trimEnd()
}

const docker = (...args: string[]) => succeed('docker', '-H', engine.host, ...args)
const idOf = (host: string, name: string) => succeed('docker', '-H', host, 'inspect', '-f', '{{.Id}}', name)
const at = (name: string) => join(directory, name)

async function loadedAgain(path: string, name: string): Promise<string> {
  await docker('rmi', '-f', name)
  await docker('load', '-i', path)
  assert.equal(await docker('run', '--rm', '--network', 'none', name), 'hello')
  return idOf(engine.host, name)
}

test(
  "Debian's Docker loads what we save, and we load what it saves, with the same ids",
  withDockerd,
  async () => {
    await docker('save', '-o', at('ours.tar'), 'sample:1')
    await using peer = await startDockerd()
    const theirs = (...args: string[]) => succeed('docker', '-H', peer.host, ...args)
    assert.equal(await theirs('load', '-i', at('ours.tar')), 'Loaded image: sample:1')
    assert.equal(await idOf(peer.host, 'sample:1'), imageId)
    const layers = ['inspect', '-f', '{{json .RootFS.Layers}}', 'sample:1']
    assert.equal(await theirs(...layers), await docker(...layers))
    await theirs('save', '-o', at('theirs.tar'), 'sample:1')
    assert.equal(await loadedAgain(at('theirs.tar'), 'sample:1'), imageId)
    const name = await docker('create', 'sample:1')
    await docker('commit', '-c', 'ENV COMMITTED=1', name, 'committed:1')
    await docker('rm', name)
    await docker('save', '-o', at('two.tar'), 'sample:1', 'committed:1')
    assert.match(await theirs('load', '-i', at('two.tar')), /Loaded image: committed:1/)
    assert.equal(await idOf(peer.host, 'committed:1'), await idOf(engine.host, 'committed:1'))
  },
)

test(
  'skopeo reads our archives in both their forms, and we load the ones it writes',
  withSkopeo,
  async () => {
    await docker('save', '-o', at('ours.tar'), 'sample:1')
    const config = async (source: string) =>
      JSON.parse(await succeed('skopeo', 'inspect', '--config', source)) as { config: { Labels: unknown } }
    for (const kind of ['docker-archive', 'oci-archive'])
      assert.deepEqual((await config(`${kind}:${at('ours.tar')}`)).config.Labels, { made: 'here' })
    for (const [kind, name] of [
      ['docker-archive', 'from-docker:1'],
      ['oci-archive', 'docker.io/library/from-oci:1'],
    ]) {
      const path = at(`${kind}.tar`)
      await succeed(
        'skopeo',
        'copy',
        '--insecure-policy',
        `docker-archive:${at('ours.tar')}`,
        `${kind}:${path}:${name}`,
      )
      const loaded = await docker('load', '-i', path)
      const familiar = name?.replace('docker.io/library/', '') ?? ''
      assert.equal(loaded, `Loaded image: ${familiar}`)
      assert.equal(await docker('run', '--rm', '--network', 'none', familiar), 'hello')
      await docker('rmi', familiar)
    }
  },
)

test('skopeo copies images from and to our socket', withSkopeo, async () => {
  const host = ['--src-daemon-host', engine.host]
  await succeed(
    'skopeo',
    'copy',
    '--insecure-policy',
    ...host,
    'docker-daemon:sample:1',
    `dir:${at('copied')}`,
  )
  await succeed(
    'skopeo',
    'copy',
    '--insecure-policy',
    '--dest-daemon-host',
    engine.host,
    `dir:${at('copied')}`,
    'docker-daemon:copied:1',
  )
  assert.equal(await idOf(engine.host, 'copied:1'), imageId)
  assert.equal(await docker('run', '--rm', '--network', 'none', 'copied:1'), 'hello')
})

const podman = (...args: string[]) =>
  succeed('podman', '--root', at('podman'), '--runroot', at('podman-run'), '--storage-driver', 'vfs', ...args)

test('podman loads what we save, and we load what it saves', withPodman, async () => {
  await docker('save', '-o', at('ours.tar'), 'sample:1')
  await podman('load', '-i', at('ours.tar'))
  assert.equal(
    await podman('inspect', '-f', '{{.Id}}', 'docker.io/library/sample:1'),
    imageId.slice('sha256:'.length),
  )
  for (const format of ['docker-archive', 'oci-archive']) {
    await podman('save', '--format', format, '-o', at(`podman-${format}.tar`), 'docker.io/library/sample:1')
    await loadedAgain(at(`podman-${format}.tar`), 'sample:1')
  }
})

/** Two platforms under one name here, saved as one archive. */
async function saveTwoPlatforms(): Promise<{ path: string; ownId: string; otherId: string; digest: string }> {
  const own = await busyboxImage({ config: { Labels: { platform: 'own' } } })
  const other = await buildImage({
    layers: [{ '/other': '' }],
    platform: { os: 'linux', architecture: 'riscv64' },
  })
  const index = buildIndex([own, other])
  await hub.push(index, 'library/both:1')
  await docker('pull', '-q', '--platform', 'linux/riscv64', 'both:1')
  await docker('pull', '-q', 'both:1')
  const path = at('both.tar')
  await docker('save', '-o', path, 'both:1')
  return { path, ownId: own.imageId, otherId: other.imageId, digest: index.descriptor.digest }
}

test("Debian's Docker loads its own of several platforms that we save", withDockerd, async () => {
  const { path, ownId } = await saveTwoPlatforms()
  await using peer = await startDockerd()
  assert.equal(await succeed('docker', '-H', peer.host, 'load', '-i', path), 'Loaded image: both:1')
  assert.equal(await idOf(peer.host, 'both:1'), ownId)
})

test('podman loads its own of several platforms that we save', withPodman, async () => {
  const { path, ownId } = await saveTwoPlatforms()
  await podman('load', '-i', path)
  const id = await podman('inspect', '-f', '{{.Id}}', 'docker.io/library/both:1')
  assert.equal(`sha256:${id}`, ownId)
})

test('we load every platform of an archive that skopeo makes of an index', withSkopeo, async () => {
  const { ownId, otherId, digest } = await saveTwoPlatforms()
  const path = at('skopeo-both.tar')
  await succeed(
    'skopeo',
    'copy',
    '-q',
    '--all',
    '--insecure-policy',
    '--src-tls-verify=false',
    `docker://${hub.address}/library/both@${digest}`,
    `oci-archive:${path}:docker.io/library/skopeo:1`,
  )
  assert.equal(await docker('load', '-i', path), 'Loaded image: skopeo:1')
  const inspected = (...options: string[]) =>
    docker('image', 'inspect', '-f', '{{.Id}}', ...options, 'skopeo:1')
  assert.equal(await inspected(), ownId)
  assert.equal(await inspected('--platform', 'linux/riscv64'), otherId)
})
