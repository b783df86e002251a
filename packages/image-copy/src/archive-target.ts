import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { packTar, type TarMember } from '@berth/layer'
import { familiarReference, parseManifest, parseReference, withDefaultTag } from '@berth/oci'
import { syncDirectory } from '@berth/stdx'
import { fileFailure } from './file-failure.ts'
import type { ImageDocument } from './image-source.ts'
import type { ImageTarget } from './image-target.ts'
import { layoutTarget, readStored } from './layout-directory.ts'
import { blobPath, layoutNames } from './layout.ts'

/** An archive that will hold the image alone. It is gathered beside the file, which appears whole or not at all. */
export async function openArchiveTarget(file: string, name: string | undefined): Promise<ImageTarget> {
  const directory = await mkdtemp(join(dirname(file), `.${basename(file)}-`)).catch((error: unknown) => {
    throw fileFailure(`write ${file}`, error)
  })
  const layout = layoutTarget(directory, name)
  return {
    writeBlob: (blob, options) => layout.writeBlob(blob, options),
    writeDocument: (document) => layout.writeDocument(document),
    async writeRoot(document, signal) {
      await layout.writeRoot(document)
      const temporary = join(directory, `${randomUUID()}.tar`)
      const members = packTar(archiveMembers(directory, document, name))
      try {
        await pipeline(members, createWriteStream(temporary, { flush: true }), signal ? { signal } : {})
        await rename(temporary, file)
        await syncDirectory(dirname(file))
      } catch (error) {
        signal?.throwIfAborted()
        throw fileFailure(`write ${file}`, error)
      }
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
}

/** Indexes first, so that who reads the archive as it comes knows what follows. */
async function* archiveMembers(
  directory: string,
  root: ImageDocument,
  name: string | undefined,
): AsyncGenerator<TarMember> {
  for (const member of [layoutNames.marker, layoutNames.index]) yield await fileMember(directory, member)
  const dockerIndex = dockerIndexOf(root, name)
  if (dockerIndex !== undefined) yield { name: 'manifest.json', body: dockerIndex }
  yield { name: 'blobs/', type: 'directory' }
  for (const algorithm of (await readdir(join(directory, 'blobs'))).toSorted()) {
    yield { name: `blobs/${algorithm}/`, type: 'directory' }
    for (const hex of (await readdir(join(directory, 'blobs', algorithm))).toSorted())
      yield await fileMember(directory, `blobs/${algorithm}/${hex}`)
  }
}

async function fileMember(directory: string, name: string): Promise<TarMember> {
  const path = join(directory, name)
  const { size } = await stat(path)
  return { name, sizeBytes: size, body: readStored(path) }
}

/** Docker's index, which knows no indexes. */
function dockerIndexOf({ bytes, descriptor }: ImageDocument, name: string | undefined): string | undefined {
  const parsed = parseManifest(bytes, descriptor.mediaType)
  if (parsed.kind === 'index') return undefined
  const tags = name === undefined ? [] : [familiarReference(withDefaultTag(parseReference(name)))]
  return JSON.stringify([
    {
      Config: blobPath(parsed.config.digest),
      RepoTags: tags,
      Layers: parsed.layers.map(({ digest }) => blobPath(digest)),
    },
  ])
}
