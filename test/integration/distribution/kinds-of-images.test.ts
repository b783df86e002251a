import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf, mediaTypes, type Descriptor } from '@berth/oci'
import type { ImageContent } from '@berth/registry-server'
import { engineSuite } from '../../fixtures/engine-suite.ts'
import { startHub } from '../../fixtures/hub.ts'
import { buildImage, busyboxImage } from '../../fixtures/images.ts'
import { runProgram } from '../../fixtures/program.ts'

const suite = engineSuite({ bridge: 'none', isPulled: false })
const { docker } = suite

const hasPodman = (await runProgram(['sh', '-c', 'command -v podman'])).exitCode === 0

function indexOf(manifests: readonly Descriptor[]): { descriptor: Descriptor; bytes: Buffer } {
  const mediaType = mediaTypes.ociIndex
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }))
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes }
}

test('pull() finds the image of this machine in an index within an index', async () => {
  const own = await busyboxImage({ layers: [{ '/nested': 'own' }] })
  const arm = await buildImage({
    platform: { os: 'linux', architecture: 'arm64' },
    layers: [{ '/a': 'arm' }],
  })
  const inner = indexOf([arm.descriptor, own.descriptor])
  const outer = indexOf([inner.descriptor])
  const nested: ImageContent = {
    blobs: [...own.blobs, ...arm.blobs],
    manifests: [
      ...own.manifests,
      ...arm.manifests,
      { mediaType: mediaTypes.ociIndex, bytes: inner.bytes },
      { mediaType: mediaTypes.ociIndex, bytes: outer.bytes },
    ],
  }
  await suite.hub.push(nested, 'team/nested:v1')
  const name = `${suite.hub.address}/team/nested:v1`
  assert.match(await docker('pull', name), new RegExp(`^Digest: ${outer.descriptor.digest}$`, 'm'))
  assert.equal(await docker('run', '--rm', '--network', 'none', name, 'cat', '/nested'), 'own')
})

test(
  'pull() of layers that podman made as zstd:chunked',
  { skip: hasPodman ? false : 'podman is not on PATH' },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'berth-chunked-'))
    await using _directory = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) }
    const podman = async (...args: string[]) => {
      const roots = ['--root', join(directory, 'root'), '--runroot', join(directory, 'run')]
      const argv = ['podman', ...roots, '--storage-driver', 'vfs', '--events-backend', 'file', ...args]
      const { exitCode, stderr } = await runProgram(argv)
      assert.equal(exitCode, 0, stderr)
    }
    await suite.hub.push(await busyboxImage({ layers: [{ '/chunked': 'in pieces' }] }), 'team/plain:v1')
    // Elsewhere: where podman knows the layers to be, it would not compress them anew.
    await using other = await startHub()
    const name = `${other.address}/team/chunked:v1`
    await podman('pull', '-q', '--tls-verify=false', `${suite.hub.address}/team/plain:v1`)
    const compressed = ['--compression-format', 'zstd:chunked', '--format', 'oci', '--tls-verify=false']
    await podman('push', '-q', ...compressed, `${suite.hub.address}/team/plain:v1`, name)
    await podman('rmi', '-a', '-f')
    const { layers } = (await (await fetch(`${other.url}/v2/team/chunked/manifests/v1`)).json()) as {
      layers: Descriptor[]
    }
    for (const { mediaType, annotations = {} } of layers) {
      assert.equal(mediaType, mediaTypes.ociLayerZstd)
      assert.ok(Object.keys(annotations).some((key) => key.includes('zstd-chunked')))
    }
    await docker('pull', '-q', name)
    assert.equal(await docker('run', '--rm', '--network', 'none', name, 'cat', '/chunked'), 'in pieces')
  },
)
