import type { OutgoingHttpHeaders } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Digest } from '@berth/oci'
import { parseBlobDigest } from '../names.ts'
import type { ByteRange } from '../storage.ts'
import { parseByteRange } from './byte-range.ts'
import { sendEmpty, type Exchange } from './exchange.ts'

/** Up to here one read and one write are cheaper than a stream. */
const wholeBlobBytesMax = 256 * 1024

/** end-2: GET and HEAD /v2/:name/blobs/:digest */
export async function getBlob({
  services,
  request,
  response,
  repository,
  params,
  signal,
}: Exchange): Promise<void> {
  const digest = parseBlobDigest(params['digest'] ?? '')
  const { sizeBytes } = await services.blobs.getBlob(repository, digest)
  const headers = blobHeaders(digest)
  if (request.headers['if-none-match'] === headers.ETag) return sendEmpty(response, 304, headers)
  const range = isRangeWanted(request.headers['if-range'], headers.ETag)
    ? parseByteRange(request.headers.range, sizeBytes)
    : undefined
  if (range === 'unsatisfiable') return sendEmpty(response, 416, { 'Content-Range': `bytes */${sizeBytes}` })
  response.writeHead(range ? 206 : 200, { ...headers, ...lengthHeaders(range, sizeBytes) })
  if (request.method === 'HEAD') return void response.end()
  if (!range && sizeBytes <= wholeBlobBytesMax)
    return void response.end(await services.blobs.readBlob(digest))
  await pipeline(await services.blobs.openBlob(digest, range), response, { signal })
}

/** end-10: DELETE /v2/:name/blobs/:digest */
export async function deleteBlob({ services, response, repository, params }: Exchange): Promise<void> {
  await services.blobs.deleteBlob(repository, parseBlobDigest(params['digest'] ?? ''))
  sendEmpty(response, 202)
}

function blobHeaders(digest: Digest) {
  return {
    'Content-Type': 'application/octet-stream',
    'Docker-Content-Digest': digest,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'max-age=31536000, immutable',
    ETag: `"${digest}"`,
  }
}

function lengthHeaders(range: ByteRange | undefined, sizeBytes: number): OutgoingHttpHeaders {
  if (!range) return { 'Content-Length': sizeBytes }
  const { start, end } = range
  return { 'Content-Length': end - start + 1, 'Content-Range': `bytes ${start}-${end}/${sizeBytes}` }
}

/** RFC 9110, section 13.1.5: another version is wanted whole. */
function isRangeWanted(ifRange: string | string[] | undefined, etag: string): boolean {
  return ifRange === undefined || ifRange === etag
}
