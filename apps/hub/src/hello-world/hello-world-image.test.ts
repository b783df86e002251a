import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { digestOf, parseImageConfig, parseManifest, type ManifestOrIndex } from '@berth/oci'
import { greeting } from './greeting.ts'
import { helloExecutable, helloWorldImage } from './hello-world-image.ts'

const run = promisify(execFile)
const hostArchitecture = process.arch === 'x64' ? 'amd64' : process.arch

async function runExecutable(bytes: Uint8Array, ...interpreter: string[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-hello-'))
  try {
    const path = join(directory, 'hello')
    await writeFile(path, bytes, { mode: 0o755 })
    const [command, ...args] = [...interpreter, path]
    return (await run(command ?? path, args)).stdout
  } finally {
    await rm(directory, { recursive: true })
  }
}

function findEmulator(): string | undefined {
  const names = ['qemu-aarch64-static', 'qemu-aarch64']
  const directories = (process.env['PATH'] ?? '').split(delimiter)
  return directories
    .flatMap((directory) => names.map((name) => join(directory, name)))
    .find((path) => existsSync(path))
}

test(
  'helloExecutable() for amd64 prints the greeting',
  { skip: hostArchitecture !== 'amd64' && 'needs an amd64 machine' },
  async () => {
    const output = await runExecutable(helloExecutable({ os: 'linux', architecture: 'amd64' }))
    assert.equal(output, greeting('linux/amd64'))
  },
)

test(
  'helloExecutable() fails when nobody can read what it writes',
  { skip: hostArchitecture !== 'amd64' && 'needs an amd64 machine' },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'berth-hello-'))
    try {
      const path = join(directory, 'hello')
      await writeFile(path, helloExecutable({ os: 'linux', architecture: 'amd64' }), { mode: 0o755 })
      await assert.rejects(run('/bin/sh', ['-c', `exec ${path} >/dev/full`]), { code: 1 })
    } finally {
      await rm(directory, { recursive: true })
    }
  },
)

test('helloExecutable() for arm64 prints the greeting', async (context) => {
  const executable = helloExecutable({ os: 'linux', architecture: 'arm64', variant: 'v8' })
  const emulator = findEmulator()
  if (hostArchitecture !== 'arm64' && emulator === undefined)
    return context.skip('needs an arm64 machine or qemu-aarch64')
  const output = await runExecutable(executable, ...(hostArchitecture === 'arm64' ? [] : [emulator ?? '']))
  assert.equal(output, greeting('linux/arm64/v8'))
})

test('helloExecutable() for arm64 is an ELF file whose code is the instructions meant', () => {
  const executable = helloExecutable({ os: 'linux', architecture: 'arm64', variant: 'v8' })
  assert.equal(executable.toString('latin1', 0, 4), '\x7fELF')
  assert.equal(executable.readUInt16LE(18), 183)
  const entry = Number(executable.readBigUInt64LE(24) - executable.readBigUInt64LE(64 + 16))
  assert.equal(entry, 64 + 2 * 56)
  const text = Buffer.from(greeting('linux/arm64/v8'))
  const textOffset = executable.indexOf(text)
  const words = Array.from({ length: (textOffset - entry) / 4 }, (_, index) =>
    executable.readUInt32LE(entry + 4 * index),
  )
  // As a disassembler reads them: adr x1, text; mov x2, #length; mov x8, #64; mov x0, #1; svc #0; …
  assert.equal(((words[0] ?? 0) & 0x9f00001f) >>> 0, 0x10000001)
  assert.equal(
    entry + ((((words[0] ?? 0) >>> 5) & 0x7ffff) << 2) + (((words[0] ?? 0) >>> 29) & 3),
    textOffset,
  )
  assert.equal(words[1], (0xd2800002 | (text.length << 5)) >>> 0)
  const rest = words.slice(2).map((word) => word.toString(16))
  assert.deepEqual(rest, [
    'd2800808', // write: mov x8, #64
    'd2800020', //        mov x0, #1
    'd4000001', //        svc #0
    'f100001f', //        cmp x0, #0
    '540000ed', //        b.le failed
    '8b000021', //        add x1, x1, x0
    'eb000042', //        subs x2, x2, x0
    '54ffff21', //        b.ne write
    'd2800000', //        mov x0, #0
    'd2800ba8', // exit:  mov x8, #93
    'd4000001', //        svc #0
    'b100101f', // failed: cmn x0, #4
    '54fffe80', //        b.eq write
    'b1002c1f', //        cmn x0, #11
    '54fffe40', //        b.eq write
    'd2800020', //        mov x0, #1
    '17fffff9', //        b exit
  ])
})

test('helloWorldImage() is consistent, small and always the same', () => {
  const image = helloWorldImage()
  const bytesOf = new Map(
    [...image.blobs, ...image.manifests.map(({ bytes }) => bytes)].map((bytes) => [digestOf(bytes), bytes]),
  )
  const index = parseManifest(
    image.manifests.at(-1)?.bytes ?? Buffer.alloc(0),
    image.manifests.at(-1)?.mediaType,
  )
  assert.deepEqual(kinds(index), ['linux/amd64', 'linux/arm64/v8'])
  for (const descriptor of index.kind === 'index' ? index.manifests : []) {
    const manifest = parseManifest(bytesOf.get(descriptor.digest) ?? Buffer.alloc(0), descriptor.mediaType)
    assert.equal(manifest.kind, 'manifest')
    if (manifest.kind !== 'manifest') continue
    const [layer] = manifest.layers
    const config = parseImageConfig(bytesOf.get(manifest.config.digest) ?? Buffer.alloc(0))
    const layerBytes = bytesOf.get(layer?.digest ?? manifest.config.digest) ?? Buffer.alloc(0)
    assert.deepEqual(config.rootfs.diff_ids, [digestOf(gunzipSync(layerBytes))])
    const total = descriptor.size + manifest.config.size + layerBytes.length
    assert.ok(total < 4096, `${total} bytes`)
  }
  assert.deepEqual(helloWorldImage(), image)
})

function kinds(index: ManifestOrIndex): string[] {
  if (index.kind !== 'index') return []
  return index.manifests.map(({ platform }) =>
    [platform?.os, platform?.architecture, platform?.variant].filter((part) => part).join('/'),
  )
}
