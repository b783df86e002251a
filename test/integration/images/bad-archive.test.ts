import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { promisify } from 'node:util'
import { packTar, type TarMember } from '@berth/layer'
import { suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { busyboxImage } from '../../fixtures/images.ts'
import { storedContent } from '../../fixtures/stored-content.ts'

const drivers = ['erofs', 'overlay'] as const

let hub: TestHub
/** What archives try to reach: a directory of the host with a file in it. */
let target: string
const engines = new Map<string, TestEngine>()

const stack = suiteStack()
before(async () => {
  hub = stack.use(await startHub())
  target = await temporaryDirectory(stack)
  await writeFile(join(target, 'secret'), 'of the host')
  await Promise.all(
    drivers.map(async (driver) => {
      const options = { bridge: 'none', flags: ['--storage-driver', driver] } as const
      engines.set(driver, stack.use(await startEngine(options)))
    }),
  )
})

type Members = readonly TarMember[]
const symlink = (name: string, linkName: string): TarMember => ({ name, type: 'symlink', linkName })
const hardLink = (name: string, linkName: string): TarMember => ({ name, type: 'link', linkName })
const directory = (name: string, more: Partial<TarMember> = {}): TarMember => ({
  name,
  type: 'directory',
  ...more,
})
/** More parents than any directory has. */
const upwards = '../'.repeat(40).slice(0, -1)

/** Pushes a busybox with these layers on top, as no packer would write them. */
async function pushLayers(tag: string, ...layers: Members[]): Promise<string> {
  const packed = layers.map((members) =>
    Array.fromAsync(packTar(members)).then((pieces) => Buffer.concat(pieces)),
  )
  await hub.push(await busyboxImage({ layers: await Promise.all(packed) }), `bad/archive:${tag}`)
  return `${hub.address}/bad/archive:${tag}`
}

/** Everything about the target that an archive could change. */
async function stateOfTarget(): Promise<string> {
  const script = 'find "$0" -printf "%p %y %m %U %G %n %T@ %s\\n" | sort; cat "$0"/*'
  return (await promisify(execFile)('sh', ['-c', script, target])).stdout
}

const run = async (engine: TestEngine, image: string, script: string) => {
  const { exitCode, stdout, stderr } = await engine.docker([
    'run',
    '--rm',
    '--network',
    'none',
    image,
    'sh',
    '-c',
    script,
  ])
  assert.equal(exitCode, 0, stderr)
  return stdout
}

for (const driver of drivers) {
  test(`pull() refuses names that leave the layer, on ${driver}`, async () => {
    const engine = engines.get(driver) ?? assert.fail()
    const stateBefore = await stateOfTarget()
    await engine.docker(['pull', await pushLayers('sound', [])])
    const content = await storedContent(engine)
    for (const [index, [members, words]] of (
      [
        [[{ name: `${upwards}${target}/planted`, body: 'x' }], /it leaves the root of the layer/],
        [[{ name: 'a/../../planted', body: 'x' }], /it leaves the root of the layer/],
        [[directory(`${upwards}${target}`, { mode: 0o777, uid: 1000 })], /it leaves the root of the layer/],
        [[{ name: `${upwards}${target}/.wh.secret` }], /it leaves the root of the layer/],
        [[hardLink('leak', `${upwards}${target}/secret`)], /its link target .* leaves the root of the layer/],
        [[hardLink('leak', `${target}/secret`)], /its link target .* is not in the layer/],
        [[symlink('out', target), hardLink('leak', 'out/secret')], /its link target .* is not in the layer/],
        [[directory('d'), hardLink('leak', 'd')], /its link target .* is a directory/],
        [[{ name: 'a/.wh...' }], /it is a whiteout of no name/],
        [[symlink('a', 'b'), symlink('b', 'a'), { name: 'a/x' }], /too many levels of symbolic links/],
        [[{ name: 'a', body: 'x' }, { name: 'a/x' }], /"a" in its path is not a directory/],
        [[{ name: 'n'.repeat(300) }], /longer than 255 bytes/],
        [[{ name: 'd/'.repeat(2000) + 'x' }], /more than 1024 directories deep/],
      ] satisfies [Members, RegExp][]
    ).entries()) {
      const { exitCode, stderr } = await engine.docker(['pull', await pushLayers(`refused${index}`, members)])
      assert.match(stderr, words)
      assert.equal(exitCode, 1)
      assert.equal((await engine.api('GET', '/_ping')).status, 200)
      assert.deepEqual(await storedContent(engine), content)
    }
    assert.equal(await stateOfTarget(), stateBefore)
  })

  test(`run() shows what links and names lead to inside the container, on ${driver}`, async () => {
    const engine = engines.get(driver) ?? assert.fail()
    const stateBefore = await stateOfTarget()
    const image = await pushLayers(
      'confined',
      [
        directory('old'),
        { name: 'old/gone', body: 'lower' },
        { name: 'old/kept', body: 'lower' },
        { name: 'hidden/gone', body: 'lower' },
        symlink('below', target),
      ],
      [
        { name: '/absolute', body: 'absolute' },
        { name: '/../above', body: 'above' },
        { name: './a/./b//../dotted', body: 'dotted' },
        symlink('out', target),
        { name: 'out/planted', body: 'through an absolute link' },
        symlink('up', `${upwards}${target}`),
        { name: 'up/planted2', body: 'through a relative link' },
        { name: 'up/.wh.secret' },
        { name: 'out/.wh..wh..opq' },
        { name: 'below/planted3', body: 'over a link of a lower layer' },
        symlink('file', `${target}/secret`),
        { name: 'file', body: 'replaced' },
        symlink('folder', target),
        directory('folder', { mode: 0o777, uid: 1000 }),
        directory('turned'),
        { name: 'turned/lost' },
        symlink('turned', 'absolute'),
        { name: 'first', body: 'linked', mode: 0o4755 },
        hardLink('second', '/first'),
        { name: 'old/.wh.gone' },
        { name: 'hidden/.wh..wh..opq' },
        { name: 'hidden/new', body: 'upper' },
      ],
    )
    const { exitCode, stderr } = await engine.docker(['pull', image])
    assert.equal(exitCode, 0, stderr)
    const show = (file: string) => `echo "${file}: $(cat ${file})"`
    const script = [
      ...[
        '/absolute',
        '/above',
        '/a/dotted',
        '/out/planted',
        '/out/planted2',
        '/below/planted3',
        '/file',
        '/turned',
        '/second',
        '/old/kept',
      ].map(show),
      `ls ${target}`,
      'stat -c "%n %F %u %a" /folder /below',
      'stat -c "%h %a" /first /second',
      'ls /old /hidden',
    ].join('; ')
    assert.deepEqual((await run(engine, image, script)).trimEnd().split('\n'), [
      '/absolute: absolute',
      '/above: above',
      '/a/dotted: dotted',
      '/out/planted: through an absolute link',
      '/out/planted2: through a relative link',
      '/below/planted3: over a link of a lower layer',
      '/file: replaced',
      '/turned: absolute',
      '/second: linked',
      '/old/kept: lower',
      'planted',
      'planted2',
      '/folder directory 1000 777',
      '/below directory 0 755',
      '2 4755',
      '2 4755',
      '/hidden:',
      'new',
      '',
      '/old:',
      'kept',
    ])
    assert.equal(await stateOfTarget(), stateBefore)
  })

  test(`run() shows device nodes of an image and does not let them be used, on ${driver}`, async () => {
    const engine = engines.get(driver) ?? assert.fail()
    const device = { mode: 0o666, uid: 0, gid: 0 }
    const image = await pushLayers('devices', [
      { name: 'nodes/kmsg', type: 'character-device', major: 1, minor: 11, ...device },
      { name: 'nodes/disk', type: 'block-device', major: 8, minor: 0, ...device },
      { name: 'nodes/null', type: 'character-device', major: 1, minor: 3, ...device },
      { name: 'nodes/pipe', type: 'fifo', mode: 0o600 },
    ])
    const script =
      'cd /nodes; stat -c "%n %F %t:%T %a" disk kmsg null pipe; head -c 1 kmsg; head -c 1 disk; echo x > null && echo writable'
    const { stdout, stderr } = await engine.docker([
      'run',
      '--rm',
      '--network',
      'none',
      image,
      'sh',
      '-c',
      script,
    ])
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      'disk block special file 8:0 666',
      'kmsg character special file 1:b 666',
      'null character special file 1:3 666',
      'pipe fifo 0:0 600',
      'writable',
    ])
    assert.match(stderr, /kmsg: Operation not permitted\n.*disk: Operation not permitted/)
  })

  test(`run() keeps attributes of files and none that speak to overlayfs, on ${driver}`, async () => {
    const engine = engines.get(driver) ?? assert.fail()
    const opaque = new Map([
      ['trusted.overlay.opaque', 'y'],
      ['user.overlay.opaque', 'y'],
    ])
    const redirect = new Map([['trusted.overlay.redirect', '/etc']])
    const image = await pushLayers(
      'attributes',
      [directory('d'), { name: 'd/lower', body: 'lower' }],
      [
        directory('d', { xattrs: opaque }),
        { name: 'd/upper', body: 'upper' },
        directory('e', { xattrs: redirect }),
      ],
    )
    assert.equal(await run(engine, image, 'ls /d; ls /e'), 'lower\nupper\n')
  })
}

test('pull() gives the same content on every snapshotter', async () => {
  const image = await pushLayers(
    'rich',
    [
      directory('opt', { mode: 0o2775, uid: 7, gid: 8, mtimeSeconds: 1_600_000_000 }),
      { name: 'opt/set-user', body: 'x', mode: 0o4711, uid: 7 },
      { name: 'srv/empty', mode: 0o000 },
      { name: 'srv/large', body: Buffer.alloc(3_000_000, 'large ') },
      { name: 'srv/odd', body: Buffer.alloc(4097, 7), mtimeSeconds: 1, mtimeNanoseconds: 5000 },
      { name: 'srv/r\u00c3\u00a9sum\u00c3\u00a9 with spaces', body: 'name' },
      symlink('srv/link', 'odd'),
      hardLink('srv/again', 'srv/odd'),
    ],
    [{ name: 'srv/odd', body: 'replaced' }, { name: '.wh.home' }, { name: 'var/.wh..wh..opq' }],
  )
  // Sizes and link counts of directories are a file system's own.
  const script = [
    'find / -xdev -path "/bin/*" -prune -o -path /proc -prune -o -path /sys -prune -o -path /dev -prune -o -path "/etc" -prune -o -path / -o -print | sort',
    'while read -r f; do if [ -d "$f" ]; then stat -c "%n %F %u:%g %a %Y" "$f"; else stat -c "%N %F %s %u:%g %a %h %Y" "$f"; fi',
    '[ ! -f "$f" ] || sha256sum < "$f"; done; readlink /bin/*; cat /etc/passwd',
  ]
  const [first, ...others] = await Promise.all(
    drivers.map((driver) =>
      run(engines.get(driver) ?? assert.fail(), image, `${script[0]} | ${script[1]}; ${script[2]}`),
    ),
  )
  assert.match(first ?? '', /^\/opt directory 7:8 2775 1600000000$/m)
  assert.match(first ?? '', /^\/srv\/odd regular file 8 /m)
  assert.doesNotMatch(first ?? '', /^\/home/m)
  for (const other of others) assert.equal(other, first)
})
