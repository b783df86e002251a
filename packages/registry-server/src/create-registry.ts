import { mkdir } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { digestOf, type Digest } from '@berth/oci'
import type { Logger } from '@berth/stdx'
import { openAccess, type AccessPolicy } from './access-policy.ts'
import { Blobs } from './blobs.ts'
import { openFilesystemStorage } from './filesystem-storage.ts'
import { handleRequest } from './http/handle-request.ts'
import { Manifests } from './manifests.ts'
import { openSqliteMetadata } from './metadata-store.ts'
import { parseRepository, parseTag } from './names.ts'
import { Uploads } from './uploads.ts'

export interface RegistryOptions {
  /** Where blobs and uploads are kept; made when it is not there. */
  directory: string
  /** Path of the SQLite database (default: `registry.db` in `directory`). */
  database?: string
  logger: Logger
  /** Who may do what (default: everyone everything). */
  access?: AccessPolicy
}

/** A whole image in memory: what `putImage` stores. */
export interface ImageContent {
  /** Configs and layers, in any order. */
  blobs: readonly Uint8Array[]
  /** Manifests before the index that names them; the last is the image's own. */
  manifests: readonly { bytes: Uint8Array; mediaType: string }[]
}

/** A server of repositories. Dispose it when no request is being answered any more. */
export interface Registry extends AsyncDisposable {
  /** Answers one request under `/v2/`; anything else gets 404. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Stores an image and points `tag` at its last manifest, as a push would. Again is success. Returns that digest. */
  putImage(repository: string, tag: string, image: ImageContent): Promise<Digest>
}

/** Opens a registry on a directory and an SQLite database. Several processes may share them. */
export async function createRegistry({
  directory,
  database,
  logger,
  access,
}: RegistryOptions): Promise<Registry> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const storage = await openFilesystemStorage(directory)
  const metadata = openSqliteMetadata(database ?? join(directory, 'registry.db'))
  const services = {
    blobs: new Blobs(storage, metadata),
    uploads: new Uploads(storage, metadata),
    manifests: new Manifests(storage, metadata),
    metadata,
  }
  const context = { services, access: access ?? openAccess, logger: logger.named('registry') }
  return {
    handle: (request, response) => handleRequest(context, request, response),
    putImage: (repository, tag, image) => putImage(services, { repository, tag }, image),
    [Symbol.asyncDispose]: () => metadata[Symbol.asyncDispose](),
  }
}

async function putImage(
  { blobs, manifests }: { blobs: Blobs; manifests: Manifests },
  target: { repository: string; tag: string },
  image: ImageContent,
): Promise<Digest> {
  const repository = parseRepository(target.repository)
  const tag = parseTag(target.tag)
  for (const bytes of image.blobs) await blobs.putBlob(repository, digestOf(bytes), bytes)
  const last = image.manifests.at(-1)
  for (const manifest of image.manifests) {
    const { digest } = await manifests.putManifest(repository, {
      ...manifest,
      tags: manifest === last ? [tag] : [],
    })
    if (manifest === last) return digest
  }
  throw new TypeError('Cannot put image: it has no manifest')
}
