import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { packTar, type TarMember } from '@berth/layer'
import { Digester, digestHex, digestOf, mediaTypes, type Descriptor, type Digest } from '@berth/oci'
import { sampleImages, type SampleImage } from './large-image.ts'

/** Goes up when the images change. */
const version = 1
/** Kept from run to run. */
export const cacheDirectory = join(tmpdir(), `berth-bench-images-${version}`)
const createdAt = '2024-01-01T00:00:00Z'
const chunkBytes = 1024 * 1024

interface CachedLayer {
  /** The compressed blob; uncompressed it has the digest `diffId`. */
  descriptor: Descriptor
  diffId: Digest
  tarBytes: number
}

/** An image in the cache: an archive that any engine loads, and the blobs of a registry. */
export interface CachedImage {
  name: SampleImage['name']
  title: string
  /** What the archive calls it. */
  tag: string
  /** Docker's archive and OCI's layout in one, layers uncompressed: what `docker save` gives. */
  archive: string
  /** Where blobs lie, by the hexadecimal digits of their digests. */
  blobs: string
  config: Descriptor
  layers: CachedLayer[]
}

/** Makes the images below the system's temporary directory, or takes those that an earlier run made. */
export async function prepareImages(): Promise<CachedImage[]> {
  await mkdir(cacheDirectory, { recursive: true })
  const images: CachedImage[] = []
  for (const image of sampleImages()) images.push(await prepareImage(image, join(cacheDirectory, image.name)))
  return images
}

async function prepareImage(image: SampleImage, directory: string): Promise<CachedImage> {
  const record = join(directory, 'image.json')
  const known = await readFile(record, 'utf8').catch(() => undefined)
  if (known !== undefined) return JSON.parse(known) as CachedImage
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory)
  const made = await makeImage(image, directory)
  await writeFile(record, JSON.stringify(made))
  return made
}

async function makeImage({ name, title, layers }: SampleImage, directory: string): Promise<CachedImage> {
  const made: CachedLayer[] = []
  for (const members of layers) made.push(await writeLayer(members, directory))
  const config = Buffer.from(JSON.stringify(imageConfig(made)))
  const descriptor = { mediaType: mediaTypes.ociConfig, digest: digestOf(config), size: config.length }
  await writeFile(join(directory, digestHex(descriptor.digest)), config)
  const archive = join(directory, 'archive.tar')
  const image = {
    name,
    title,
    tag: `bench/${name}:latest`,
    archive,
    blobs: directory,
    config: descriptor,
    layers: made,
  }
  await pipeline(packTar(archiveMembers(image)), createWriteStream(archive, { highWaterMark: chunkBytes }))
  for (const { diffId } of made) await rm(join(directory, `${digestHex(diffId)}.tar`), { force: true })
  return image
}

async function writeLayer(members: Iterable<TarMember>, directory: string): Promise<CachedLayer> {
  const tar = await writeDigested(packTar(members), directory)
  const tarPath = join(directory, `${digestHex(tar.digest)}.tar`)
  await rename(tar.path, tarPath)
  const gzip = createReadStream(tarPath, { highWaterMark: chunkBytes }).compose(
    createGzip({ chunkSize: chunkBytes }),
  )
  const blob = await writeDigested(gzip as AsyncIterable<Uint8Array>, directory)
  await rename(blob.path, join(directory, digestHex(blob.digest)))
  const descriptor = { mediaType: mediaTypes.ociLayerGzip, digest: blob.digest, size: blob.sizeBytes }
  return { descriptor, diffId: tar.digest, tarBytes: tar.sizeBytes }
}

async function writeDigested(body: AsyncIterable<Uint8Array>, directory: string) {
  const path = join(directory, 'writing')
  const digester = new Digester()
  async function* digested() {
    for await (const piece of body) {
      digester.update(piece)
      yield piece
    }
  }
  await pipeline(digested(), createWriteStream(path, { highWaterMark: chunkBytes }))
  return { path, digest: digester.digest(), sizeBytes: digester.sizeBytes }
}

const imageConfig = (layers: readonly CachedLayer[]) => ({
  architecture: process.arch === 'x64' ? 'amd64' : process.arch,
  os: 'linux',
  created: createdAt,
  config: { Cmd: ['/app/start'], Env: ['PATH=/usr/bin:/bin'] },
  rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  history: layers.map((_, index) => ({ created: createdAt, created_by: `COPY layer-${index} /` })),
})

/** The manifest of an image: a registry's with compressed layers, an archive's with layers as they are. */
export function manifestOf({ config, layers }: CachedImage, form: 'compressed' | 'plain'): Buffer {
  const plain = ({ diffId, tarBytes }: CachedLayer) => ({
    mediaType: mediaTypes.ociLayer,
    digest: diffId,
    size: tarBytes,
  })
  const descriptors = layers.map((layer) => (form === 'plain' ? plain(layer) : layer.descriptor))
  return Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: descriptors }),
  )
}

function* archiveMembers(image: CachedImage): Generator<TarMember> {
  const manifest = manifestOf(image, 'plain')
  const digest = digestOf(manifest)
  const name = (blob: Digest) => `blobs/sha256/${digestHex(blob)}`
  const annotations = { 'io.containerd.image.name': `docker.io/${image.tag}` }
  const root = { mediaType: mediaTypes.ociManifest, digest, size: manifest.length, annotations }
  const layers = new Map(image.layers.map((layer) => [layer.diffId, layer.tarBytes]))
  yield { name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' }
  yield { name: 'index.json', body: JSON.stringify({ schemaVersion: 2, manifests: [root] }) }
  const docker = {
    Config: name(image.config.digest),
    RepoTags: [image.tag],
    Layers: image.layers.map(({ diffId }) => name(diffId)),
  }
  yield { name: 'manifest.json', body: JSON.stringify([docker]) }
  yield { name: name(digest), body: manifest }
  yield {
    name: name(image.config.digest),
    sizeBytes: image.config.size,
    body: createReadStream(join(image.blobs, digestHex(image.config.digest))),
  }
  for (const [diffId, sizeBytes] of layers)
    yield {
      name: name(diffId),
      sizeBytes,
      body: createReadStream(join(image.blobs, `${digestHex(diffId)}.tar`), { highWaterMark: chunkBytes }),
    }
}
