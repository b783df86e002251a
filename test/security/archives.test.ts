import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { packTar, type TarMember } from '@berth/layer'
import { digestHex, digestOf, mediaTypes } from '@berth/oci'
import { suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine } from '../fixtures/engine.ts'
import { startHub, type TestHub } from '../fixtures/hub.ts'
import { buildImage, busyboxImage } from '../fixtures/images.ts'
import { storedContent } from '../fixtures/stored-content.ts'
import {
  dockerArchive,
  layoutBlobs,
  layoutDocuments,
  writeArchive,
} from '../integration/images-store/image-archives.ts'

const drivers = ['erofs', 'overlay'] as const
/** Programs that an engine could start to decompress. */
const decompressors = ['gzip', 'gunzip', 'unpigz', 'zstd', 'unzstd', 'xz', 'unxz', 'bzip2', 'bunzip2', 'tar']

let hub: TestHub
let directory: string
/** What archives try to reach. */
let target: string
/** Written by any program that the engine should not have started. */
let marker: string
const engines = new Map<string, TestEngine>()

const stack = suiteStack()
before(async () => {
  hub = stack.use(await startHub())
  directory = await temporaryDirectory(stack)
  target = join(directory, 'target')
  marker = join(directory, 'marker')
  const programs = join(directory, 'bin')
  await mkdir(target)
  await mkdir(programs)
  await writeFile(join(target, 'secret'), 'of the host')
  for (const name of decompressors) {
    await writeFile(join(programs, name), `#!/bin/sh\necho ${name} >> ${marker}\nexit 1\n`)
    await chmod(join(programs, name), 0o755)
  }
  const env = { PATH: `${programs}:${process.env['PATH'] ?? ''}` }
  await Promise.all(
    drivers.map(async (driver) => {
      const options = { bridge: 'none', env, flags: ['--storage-driver', driver] } as const
      engines.set(driver, stack.use(await startEngine(options)))
    }),
  )
})

const engineOf = (driver: string): TestEngine => engines.get(driver) ?? assert.fail()

async function load(engine: TestEngine, archive: Buffer) {
  const path = join(directory, 'archive')
  await writeFile(path, archive)
  return engine.docker(['load', '-i', path])
}

const pack = async (members: readonly TarMember[]): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(packTar(members)))

const stateOfTarget = (): string =>
  execFileSync('sh', ['-c', 'find "$0" -printf "%p %y %m %U %G %n %T@ %s\\n"; cat "$0"/*', target], {
    encoding: 'utf8',
  })

async function isMarked(): Promise<boolean> {
  return (await readdir(directory)).includes('marker')
}

const compressors: Record<string, (bytes: Buffer) => Buffer> = {
  gzip: gzipSync,
  zstd: zstdCompressSync,
  xz: (input) => execFileSync('xz', ['-c'], { input }),
  bzip2: (input) => execFileSync('bzip2', ['-c'], { input }),
}

/** Peak of the engine's memory while `action` runs, over what it had before, in bytes. */
async function grownBytes(engine: TestEngine, action: () => Promise<unknown>): Promise<number> {
  const field = async (name: string) => {
    const status = await readFile(`/proc/${engine.pid}/status`, 'utf8')
    return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024
  }
  await writeFile(`/proc/${engine.pid}/clear_refs`, '5')
  const before = await field('VmRSS')
  await action()
  return (await field('VmHWM')) - before
}

test('CVE-2014-9357, CVE-2026-41567: no program is started to decompress what is loaded or imported', async () => {
  const engine = engineOf('erofs')
  for (const [name, compress] of Object.entries(compressors)) {
    const image = await buildImage({ layers: [{ '/usr/bin/xz': 'of the image', '/name': name }] })
    const archive = compress(await pack(dockerArchive(image, [`program:${name}`])))
    assert.equal((await load(engine, archive)).exitCode, 0)
    const root = join(directory, 'root')
    await writeFile(root, compress(Buffer.from(image.layers[0]?.tar ?? '')))
    assert.equal((await engine.docker(['import', root, `imported:${name}`])).exitCode, 0)
  }
  assert.equal(await isMarked(), false)
})

test('CVE-2014-9358, CVE-2014-8178: what an archive says of ids and names becomes no path', async () => {
  const engine = engineOf('erofs')
  const image = await buildImage({ layers: [{ '/x': 'y' }] })
  const content = await storedContent(engine)
  const before = stateOfTarget()
  const names = [
    '../x',
    `${'../'.repeat(40)}${target.slice(1)}/secret`,
    `${target}/secret`,
    '/etc/passwd',
    'a\0b',
    'x'.repeat(65_536),
    '',
  ]
  const index = (entry: object) =>
    dockerArchive(image, null).map((member) =>
      member.name === 'manifest.json'
        ? {
            name: 'manifest.json',
            body: JSON.stringify([{ Config: '', RepoTags: null, Layers: [], ...entry }]),
          }
        : member,
    )
  const config = `${digestHex(image.imageId)}.json`
  const digests = names.map((name) => `sha256:${name}`)
  const archives = [
    ...names.flatMap((name) => [
      index({ Config: name }),
      index({ Config: config, Layers: [name] }),
      index({ Config: config, Layers: ['layer-0/layer.tar'], RepoTags: [name || '/'] }),
    ]),
    ...digests.map((digest) => layoutDocuments([{ ...image.descriptor, digest }])),
    ...digests.map((digest) => {
      const manifest = Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: mediaTypes.ociManifest,
          config: { mediaType: mediaTypes.ociConfig, digest, size: 1 },
          layers: [],
        }),
      )
      const descriptor = {
        mediaType: mediaTypes.ociManifest,
        digest: digestOf(manifest),
        size: manifest.length,
      }
      return [
        ...layoutDocuments([descriptor]),
        { name: `blobs/sha256/${digestHex(descriptor.digest)}`, body: manifest },
      ]
    }),
  ]
  for (const [number, members] of archives.entries()) {
    const { exitCode, stderr } = await load(engine, await pack(members))
    assert.equal(exitCode, 1, `archive ${number}`)
    assert.ok(stderr.length < 2000, `archive ${number}: ${stderr.length} characters`)
    assert.deepEqual(await storedContent(engine), content, `archive ${number}`)
  }
  assert.equal(stateOfTarget(), before)
})

test('CVE-2017-14992: an archive that claims 8 EiB takes no memory', async () => {
  const engine = engineOf('erofs')
  const claim = async (name: string, fields: Partial<TarMember>): Promise<Buffer> => {
    const bytes = await pack([{ name, ...fields }])
    bytes.write('7'.repeat(11), 124, 'latin1')
    const header = bytes.subarray(0, 512)
    header.fill(0x20, 148, 156)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    return bytes.subarray(0, 512)
  }
  const grown = await grownBytes(engine, async () => {
    for (const name of ['manifest.json', 'index.json', 'layer.tar', `blobs/sha256/${'a'.repeat(64)}`])
      assert.equal((await load(engine, await claim(name, { body: '' }))).exitCode, 1)
    const layer = await claim('file', { body: '' })
    await hub.push(await busyboxImage({ layers: [layer] }), 'hostile/claim:1')
    assert.equal((await engine.docker(['pull', `${hub.address}/hostile/claim:1`])).exitCode, 1)
  })
  assert.ok(grown < 64 * 1024 * 1024, `${grown} bytes more`)
})

test('CVE-2021-20291: malformed archives fail soon, and every slot is free again', async () => {
  const engine = engineOf('erofs')
  const image = await buildImage({ layers: [{ '/slot': Buffer.alloc(100_000, 'slot') }] })
  const plain = await pack(dockerArchive(image, ['slot:1']))
  const content = await storedContent(engine)
  for (const [name, compress] of Object.entries(compressors)) {
    const good = compress(plain)
    const garbage = Buffer.concat([good.subarray(0, 12), Buffer.alloc(50_000, 0xa5)])
    for (let round = 0; round < 3; round++) {
      for (const bad of [good.subarray(0, good.length / 2), good.subarray(0, -4), garbage]) {
        const start = performance.now()
        const { exitCode, stderr } = await load(engine, bad)
        assert.equal(exitCode, 1)
        assert.match(stderr, new RegExp(`Cannot (decompress ${name}|read tar)`))
        // The client's own start is part of it, and what else the machine does.
        assert.ok(performance.now() - start < 10_000, name)
      }
    }
    assert.equal((await load(engine, good)).exitCode, 0)
    await engine.docker(['rmi', 'slot:1'])
  }
  assert.deepEqual(await storedContent(engine), content)
})

test('bombs: an archive that expands a thousandfold is not written to the disk', async () => {
  const engine = engineOf('erofs')
  const content = await storedContent(engine)
  const zeros = await pack([{ name: 'layer.tar', body: Buffer.alloc(120 * 1024 * 1024) }])
  for (const name of ['zstd', 'xz']) {
    const { exitCode, stderr } = await load(engine, compressors[name]?.(zeros) ?? zeros)
    assert.equal(exitCode, 1)
    assert.match(stderr, /Cannot unpack archive: it is more than 1100 times its compressed size/)
    assert.deepEqual(await storedContent(engine), content)
  }
})

for (const driver of drivers) {
  test(`CVE-2024-9676, CVE-2026-47262: account files that are no small files hold up nothing, on ${driver}`, async () => {
    const engine = engineOf(driver)
    const cases: [string, TarMember, RegExp][] = [
      [
        'link',
        { name: 'etc/passwd', type: 'symlink', linkName: '/dev/zero' },
        /not a regular file|unable to find user/,
      ],
      [
        'host',
        { name: 'etc/passwd', type: 'symlink', linkName: join(target, 'secret') },
        /unable to find user/,
      ],
      ['fifo', { name: 'etc/passwd', type: 'fifo' }, /not a regular file/],
      ['device', { name: 'etc/passwd', type: 'character-device', major: 1, minor: 5 }, /not a regular file/],
      ['huge', { name: 'etc/passwd', body: Buffer.alloc(100 * 1024 * 1024, '\n') }, /larger than \d+ bytes/],
    ]
    for (const [tag, member, words] of cases) {
      const layer = await pack([member])
      await hub.push(await busyboxImage({ layers: [layer] }), `hostile/accounts:${tag}`)
      const image = `${hub.address}/hostile/accounts:${tag}`
      assert.equal((await engine.docker(['pull', '-q', image])).exitCode, 0)
      const grown = await grownBytes(engine, async () => {
        const { exitCode, stderr } = await engine.docker(
          ['run', '--rm', '--network', 'none', '--user', 'app', image, 'true'],
          { timeoutMs: 20_000 },
        )
        assert.notEqual(exitCode, 0, tag)
        assert.match(stderr, words, tag)
      })
      assert.ok(grown < 64 * 1024 * 1024, `${tag}: ${grown} bytes more`)
    }
  })

  test(`CVE-2025-47290: layers that are unpacked at once touch nothing of each other or the host, on ${driver}`, async () => {
    const engine = engineOf(driver)
    const before = stateOfTarget()
    const planted = async (index: number): Promise<Buffer> =>
      pack([
        {
          name: 'd',
          type: 'symlink',
          linkName: index % 2 === 0 ? target : '../'.repeat(40) + target.slice(1),
        },
        { name: `d/planted${index}`, body: 'x' },
        { name: `f${index}`, body: Buffer.alloc(200_000, 'f') },
      ])
    const layers = await Promise.all(Array.from({ length: 8 }, (_, index) => planted(index)))
    await hub.push(await busyboxImage({ layers }), 'hostile/parallel:1')
    const image = `${hub.address}/hostile/parallel:1`
    assert.equal((await engine.docker(['pull', '-q', image])).exitCode, 0)
    const script = ['sh', '-c', `ls ${target} | wc -l; ls / | grep -c '^f[0-9]'`]
    const { stdout } = await engine.docker(['run', '--rm', '--network', 'none', image, ...script])
    assert.deepEqual(stdout.trim().split('\n'), ['8', '8'])
    assert.equal(stateOfTarget(), before)
  })

  test(`CVE-2023-0778: an export follows no file that is swapped for a link, on ${driver}`, async () => {
    const engine = engineOf(driver)
    await hub.push(await busyboxImage(), 'hostile/export:1')
    const image = `${hub.address}/hostile/export:1`
    const swap = `mkdir -p /d /e; while :; do rm -rf /d/f; ln -s ${target}/secret /d/f; rm -f /d/f; echo own > /d/f
      mv /d /g 2>/dev/null; ln -s ${target} /d; rm -f /d; mv /g /d; done`
    const name = `swap-${driver}`
    const run = ['run', '-d', '--name', name, '--network', 'none', image]
    const started = await engine.docker([...run, 'sh', '-c', swap])
    assert.equal(started.exitCode, 0, started.stderr)
    try {
      for (let round = 0; round < 8; round++) {
        const path = join(directory, 'export.tar')
        const { exitCode, stderr } = await engine.docker(['export', '-o', path, name])
        assert.equal(exitCode, 0, stderr)
        assert.ok(!(await readFile(path)).includes('of the host'))
      }
    } finally {
      await engine.docker(['rm', '-f', name])
    }
  })
}

test('CVE-2021-29136: a layer whose root is a link is refused by load, too', async () => {
  const engine = engineOf('overlay')
  const content = await storedContent(engine)
  for (const type of ['symlink', 'fifo'] as const) {
    const layer = await pack([{ name: './', type, linkName: type === 'symlink' ? target : '' }])
    const image = await buildImage({ layers: [layer] })
    const path = await writeArchive(join(directory, 'root-link'), [
      ...layoutDocuments([image.descriptor]),
      ...layoutBlobs(image),
    ])
    const { exitCode, stderr } = await engine.docker(['load', '-i', path])
    assert.equal(exitCode, 1)
    assert.match(stderr, /root of a layer must be a directory/)
  }
  assert.deepEqual(await storedContent(engine), content)
})
