import type { IncomingMessage } from 'node:http'
import type { DigestAlgorithm } from '@berth/oci'
import { parseBlobDigest, parseRepository } from '../content/names.ts'
import { RegistryError } from '../registry-error.ts'
import { sendEmpty, type Exchange } from './exchange.ts'
import { bodyOf } from './request-body.ts'

/** end-4a, 4b, 4c and 11: POST /v2/:name/blobs/uploads/ */
export async function beginUpload(exchange: Exchange): Promise<void> {
  if (await mountBlob(exchange)) return
  const { services, request, response, repository, query } = exchange
  const digest = query.get('digest')
  if (digest === null) {
    const id = await services.uploads.begin(repository, parseAlgorithm(query.get('digest-algorithm')))
    return sendEmpty(response, 202, uploadHeaders(repository, id, 0))
  }
  const wanted = parseBlobDigest(digest)
  const id = await services.uploads.begin(repository)
  await services.uploads.finish(repository, id, {
    digest: wanted,
    body: bodyOf(request),
    sizeBytes: bodySize(request),
  })
  sendEmpty(response, 201, blobCreated(repository, wanted))
}

/** end-5: PATCH /v2/:name/blobs/uploads/:id */
export async function appendUpload({
  services,
  request,
  response,
  repository,
  params,
}: Exchange): Promise<void> {
  const id = params['id'] ?? ''
  const offset = await services.uploads.append(repository, id, {
    body: bodyOf(request),
    start: chunkStart(request),
    sizeBytes: bodySize(request),
  })
  sendEmpty(response, 202, uploadHeaders(repository, id, offset))
}

/** end-6: PUT /v2/:name/blobs/uploads/:id?digest= */
export async function finishUpload({
  services,
  request,
  response,
  repository,
  params,
  query,
}: Exchange): Promise<void> {
  const digest = parseBlobDigest(query.get('digest') ?? '')
  const chunk = { body: bodyOf(request), start: chunkStart(request), sizeBytes: bodySize(request) }
  await services.uploads.finish(repository, params['id'] ?? '', { digest, ...chunk })
  sendEmpty(response, 201, blobCreated(repository, digest))
}

/** end-13: GET /v2/:name/blobs/uploads/:id */
export async function getUpload({ services, response, repository, params }: Exchange): Promise<void> {
  const id = params['id'] ?? ''
  const offset = await services.uploads.getOffset(repository, id)
  sendEmpty(response, 204, uploadHeaders(repository, id, offset))
}

/** end-14: DELETE /v2/:name/blobs/uploads/:id */
export async function cancelUpload({ services, response, repository, params }: Exchange): Promise<void> {
  await services.uploads.cancel(repository, params['id'] ?? '')
  sendEmpty(response, 204)
}

/** end-11. A mount that cannot be is no error: the client gets an upload instead. */
async function mountBlob({ services, response, repository, query, grant }: Exchange): Promise<boolean> {
  const mount = query.get('mount')
  if (mount === null) return false
  const digest = parseBlobDigest(mount)
  const from = query.get('from')
  const isMounted = await services.blobs.mountBlob(repository, digest, {
    from: from === null ? undefined : parseRepository(from),
    mayRead: (candidate) => grant.allows({ action: 'pull', repository: candidate }),
  })
  if (isMounted) sendEmpty(response, 201, blobCreated(repository, digest))
  return isMounted
}

function parseAlgorithm(text: string | null): DigestAlgorithm | undefined {
  if (text === null || text === 'sha256' || text === 'sha512') return text ?? undefined
  throw new RegistryError('DIGEST_INVALID', { message: 'unsupported digest algorithm' })
}

/** First byte of `Content-Range: <start>-<end>`, whose length must be the body's; undefined for a streamed upload. */
function chunkStart(request: IncomingMessage): number | undefined {
  const header = request.headers['content-range']
  if (header === undefined) return undefined
  const match = /^(?:bytes )?(\d{1,15})-(\d{1,15})(?:\/.*)?$/.exec(header)
  if (!match) throw new RegistryError('CHUNK_OUT_OF_ORDER')
  const [start, end] = [Number(match[1]), Number(match[2])]
  if (Number(request.headers['content-length']) !== end - start + 1) throw new RegistryError('SIZE_INVALID')
  return start
}

/** What the client says that it sends, if it does. */
function bodySize(request: IncomingMessage): number | undefined {
  const length = request.headers['content-length']
  return length === undefined ? undefined : Number(length)
}

function uploadHeaders(repository: string, id: string, offset: number) {
  return {
    Location: `/v2/${repository}/blobs/uploads/${id}`,
    Range: `0-${Math.max(0, offset - 1)}`,
    'Docker-Upload-UUID': id,
  }
}

function blobCreated(repository: string, digest: string) {
  return { Location: `/v2/${repository}/blobs/${digest}`, 'Docker-Content-Digest': digest }
}
