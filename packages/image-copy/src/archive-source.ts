import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { detectCompression, TarReader } from '@berth/layer'
import {
  Digester,
  digestOf,
  formatReference,
  manifestBytesMax,
  mediaTypes,
  parseReference,
  withDefaultTag,
  type Descriptor,
} from '@berth/oci'
import { CodedError, isCoded, readBounded } from '@berth/stdx'
import { fileFailure } from './file-failure.ts'
import type { ImageDocument, ImageSource } from './image-source.ts'
import { blobPath, findInLayout, layoutNames } from './layout.ts'

interface Member {
  offset: number
  sizeBytes: number
}

const dockerIndexName = 'manifest.json'
const headBytes = 16

/** An image in an archive that is not compressed: an OCI layout, or what `docker save` writes. Its members are read in place. */
export async function openArchiveSource(file: string, name: string | undefined): Promise<ImageSource> {
  const archive = await openArchive(file)
  const located = archive.has(layoutNames.index)
    ? { root: findInLayout(await archive.whole(layoutNames.index), name), paths: new Map<string, string>() }
    : undefined
  const legacy = located ? undefined : await readDockerIndex(archive, name)
  const pathOf = ({ digest }: Pick<Descriptor, 'digest'>) => legacy?.paths.get(digest) ?? blobPath(digest)
  return {
    origin: undefined,
    async readRoot() {
      if (legacy) return legacy.root
      const { root } = located ?? missing(layoutNames.index)
      return { descriptor: root, bytes: await archive.whole(pathOf(root)) }
    },
    readDocument: (descriptor) => archive.whole(pathOf(descriptor)),
    readBlob: (descriptor, { start }) => archive.read(pathOf(descriptor), start),
    async [Symbol.asyncDispose]() {},
  }
}

interface Archive {
  has: (name: string) => boolean
  read: (name: string, start?: number) => AsyncIterable<Uint8Array>
  whole: (name: string) => Promise<Uint8Array>
}

async function openArchive(file: string): Promise<Archive> {
  await refuseCompressed(file)
  const members = new Map<string, Member>()
  const reader = new TarReader({
    onEntry: ({ type, name, sizeBytes }, offset) => {
      if (type === 'file') members.set(name.replace(/^\.\//, ''), { offset, sizeBytes })
    },
  })
  try {
    for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024 }))
      reader.push(piece as Uint8Array)
    reader.end()
  } catch (error) {
    throw isCoded(error) ? noArchive(file, error) : fileFailure(`read ${file}`, error)
  }
  const find = (name: string) => members.get(name) ?? missing(name)
  const read = async function* (name: string, start = 0): AsyncGenerator<Uint8Array> {
    const { offset, sizeBytes } = find(name)
    if (start >= sizeBytes) return
    yield* createReadStream(file, {
      start: offset + start,
      end: offset + sizeBytes - 1,
    }) as AsyncIterable<Uint8Array>
  }
  return {
    has: (name) => members.has(name),
    read,
    whole: (name) => readBounded(read(name), manifestBytesMax, name),
  }
}

async function refuseCompressed(file: string): Promise<void> {
  await using handle = await open(file, 'r').catch((error: unknown) => {
    throw fileFailure(`read ${file}`, error)
  })
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0)
  const compression = detectCompression(buffer.subarray(0, bytesRead))
  if (compression === 'none') return
  throw new CodedError('invalid-argument', `Cannot read ${file}: it is compressed with ${compression}`, {
    hint: `Decompress it first: ${compression} -dk ${file}`,
  })
}

function noArchive(file: string, cause: CodedError): CodedError {
  return new CodedError('invalid-argument', `Cannot read ${file}: it is not a whole tar archive`, {
    cause,
    hint: `Look at it with: tar tf ${file}`,
  })
}

function missing(name: string): never {
  throw new CodedError('not-found', `Cannot read archive: ${JSON.stringify(name)} is not in it`)
}

interface DockerImage {
  root: ImageDocument
  paths: Map<string, string>
}

/** Makes the manifest that an archive of old has not: its layers are hashed for it. */
async function readDockerIndex(archive: Archive, name: string | undefined): Promise<DockerImage> {
  const entry = chooseEntry(parseDockerIndex(await archive.whole(dockerIndexName)), name)
  const paths = new Map<string, string>()
  const configBytes = await archive.whole(entry.Config)
  const config = {
    mediaType: mediaTypes.dockerConfig,
    digest: digestOf(configBytes),
    size: configBytes.length,
  }
  paths.set(config.digest, entry.Config)
  const layers: Descriptor[] = []
  for (const path of entry.Layers) {
    const digester = new Digester()
    for await (const piece of archive.read(path)) digester.update(piece)
    const layer = { mediaType: mediaTypes.dockerLayer, digest: digester.digest(), size: digester.sizeBytes }
    paths.set(layer.digest, path)
    layers.push(layer)
  }
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.dockerManifest, config, layers }),
  )
  const descriptor = { mediaType: mediaTypes.dockerManifest, digest: digestOf(bytes), size: bytes.length }
  return { root: { descriptor, bytes }, paths }
}

interface DockerEntry {
  Config: string
  RepoTags: string[]
  Layers: string[]
}

function parseDockerIndex(bytes: Uint8Array): DockerEntry[] {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (error) {
    throw badDockerIndex(error)
  }
  if (!Array.isArray(value)) throw badDockerIndex()
  return value.map(readEntry)
}

function chooseEntry(entries: readonly DockerEntry[], name: string | undefined): DockerEntry {
  const wanted = name === undefined ? undefined : wholeName(name)
  const [found, another] = entries.filter(
    ({ RepoTags }) => wanted === undefined || RepoTags.some((tag) => wholeName(tag) === wanted),
  )
  if (found && !another) return found
  const hint = `There are: ${entries.flatMap(({ RepoTags }) => RepoTags).join(', ')}`
  throw new CodedError(
    'not-found',
    found
      ? 'several images are there: name one of them'
      : `no image ${JSON.stringify(wanted ?? '')} is there`,
    { hint },
  )
}

/** Some write the registry of Docker Hub out, some do not. */
const wholeName = (text: string): string => formatReference(withDefaultTag(parseReference(text)))

function readEntry(value: unknown): DockerEntry {
  const { Config, RepoTags, Layers } = Object(value) as Record<string, unknown>
  const isTexts = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((text) => typeof text === 'string')
  if (typeof Config === 'string' && isTexts(Layers) && isTexts(RepoTags ?? []))
    return { Config, Layers, RepoTags: (RepoTags ?? []) as string[] }
  throw badDockerIndex()
}

function badDockerIndex(cause?: unknown): CodedError {
  return new CodedError(
    'invalid-argument',
    `Cannot read archive: ${dockerIndexName} is not as it should be`,
    {
      cause,
    },
  )
}
