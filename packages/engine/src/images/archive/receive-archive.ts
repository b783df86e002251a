import { posix } from 'node:path'
import type { ContentId, ContentStore } from '@berth/content'
import {
  byteString,
  decompressArchive,
  readTar,
  withoutUnnamedCompression,
  type ByteString,
  type ReadMember,
} from '@berth/layer'
import { manifestBytesMax } from '@berth/oci'
import { CodedError, readBounded } from '@berth/stdx'
import { gathered } from '../../gathered.ts'
import { receiveBlob } from '../content/receive-blob.ts'
import type { Hold } from '../content/hold.ts'
import { archiveNames } from './archive-names.ts'
import { parseBlobName } from './blob-name.ts'

export interface ReceiveOptions {
  content: ContentStore
  hold: Hold
  signal: AbortSignal
  /** Told of each file that is whole. */
  onReceived: (content: ContentId) => void
  onProgress: (progress: { name: string; currentBytes: number; totalBytes: number }) => void
}

/** What an image archive held. Its names are keys of maps and nothing else. */
export interface ReceivedArchive {
  /** The indexes, by name. */
  readonly documents: ReadonlyMap<string, Uint8Array>
  /** The content of a file, by its name in the archive; links are followed. */
  findFile: (name: string) => ContentId | undefined
}

const documentNames: readonly string[] = Object.values(archiveNames)
const membersMax = 100_000
const linksMax = 8
const pieceBytes = 1024 * 1024

/**
 * Reads an archive once, in whatever order its members come: every file becomes a blob of the content store, held by the
 * lease. A file whose name is a digest must have it.
 */
export async function receiveArchive(
  source: AsyncIterable<Uint8Array>,
  options: ReceiveOptions,
): Promise<ReceivedArchive> {
  const received = new Received()
  const { signal } = options
  const bytes = gathered(decompressArchive(source, { compression: 'auto', signal }), pieceBytes)
  for await (const member of readTar(bytes)) {
    signal.throwIfAborted()
    await received.add(member, options)
  }
  return received
}

class Received implements ReceivedArchive {
  readonly documents = new Map<string, Uint8Array>()
  readonly #files = new Map<ByteString, ContentId>()
  readonly #links = new Map<ByteString, ByteString>()
  /** Also of those that say a name again: each file is a blob. */
  #members = 0

  async add({ entry, body }: ReadMember, options: ReceiveOptions): Promise<void> {
    const name = clean(entry.name)
    if (++this.#members > membersMax)
      throw new CodedError('invalid-argument', `Cannot load: the archive has more than ${membersMax} members`)
    if (entry.type === 'symlink') this.#links.set(name, clean(`${posix.dirname(name)}/${entry.linkName}`))
    else if (entry.type === 'link') this.#links.set(name, clean(entry.linkName))
    else if (entry.type === 'file') {
      if (entry.fragments)
        throw new CodedError('invalid-argument', 'Cannot load: a file of the archive is sparse')
      if (documentNames.includes(name))
        this.documents.set(name, await readBounded(body, manifestBytesMax, name))
      else {
        const content = await receiveFile({ name, sizeBytes: entry.sizeBytes, body }, options)
        this.#files.set(name, content)
        options.onReceived(content)
      }
    }
  }

  findFile(name: string): ContentId | undefined {
    let key = clean(byteString(name))
    for (let links = 0; links <= linksMax; links++) {
      const file = this.#files.get(key)
      if (file) return file
      const target = this.#links.get(key)
      if (target === undefined) return undefined
      key = target
    }
    return undefined
  }
}

/** From the root of the archive, which nothing leaves. */
const clean = (name: ByteString): ByteString => posix.normalize(`/${name}`).slice(1).replace(/\/$/, '')

interface ArchivedFile {
  name: ByteString
  sizeBytes: number
  body: AsyncIterable<Uint8Array>
}

async function receiveFile(
  { name, sizeBytes, body }: ArchivedFile,
  { content, hold, signal, onProgress }: ReceiveOptions,
): Promise<ContentId> {
  const receive = (bytes: AsyncIterable<Uint8Array>, expected?: ContentId) =>
    receiveBlob(bytes, {
      content,
      hold,
      onProgress: (currentBytes) => onProgress({ name, currentBytes, totalBytes: sizeBytes }),
      ...(expected ? { expected } : {}),
    })
  const digest = parseBlobName(name)
  if (digest === undefined) return receive(withoutUnnamedCompression(body, { signal }))
  await hold.lease.add(digest)
  const known = await content.findBlob(digest)
  const expected = { digest, size: sizeBytes }
  return known?.sizeBytes === sizeBytes ? expected : receive(body, expected)
}
