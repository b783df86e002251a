import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { findSocket, sendFile } from '@berth/stdx'
import type { Digest } from '@berth/oci'
import type { FoundBlob } from '../content/content-reader.ts'
import { parseBlobDigest } from '../content/names.ts'
import type { ByteRange } from '../storage/storage.ts'
import { parseByteRanges } from './byte-range.ts'
import { sendEmpty, type Exchange } from './exchange.ts'
import { multipartRanges } from './multipart-ranges.ts'

/** Up to here one read and one write are cheaper than a stream. */
const wholeBlobBytesMax = 256 * 1024
/** From here on it pays to let the kernel move the bytes. */
const sentFileBytesMin = 1024 * 1024

/** A blob that is being answered. */
interface AnsweredBlob extends FoundBlob {
  headers: ReturnType<typeof blobHeaders>
}

/** end-2: GET and HEAD /v2/:name/blobs/:digest */
export async function getBlob(exchange: Exchange): Promise<void> {
  const { content, request, response, repository, params } = exchange
  const digest = parseBlobDigest(params['digest'] ?? '')
  // Who asks with HEAD wants to know whether to upload.
  const isHead = request.method === 'HEAD'
  const found = await content.getBlob(repository, digest, { isHead })
  const { sizeBytes } = found
  const headers = blobHeaders(digest)
  if (request.headers['if-none-match'] === headers.ETag) return sendEmpty(response, 304, headers)
  // A small one is here before a client has gone elsewhere.
  const elsewhere = isHead || sizeBytes <= wholeBlobBytesMax ? undefined : await found.presign?.()
  if (elsewhere) return redirect(response, digest, elsewhere)
  const ranges = wantedRanges(request, headers.ETag, sizeBytes)
  if (ranges === 'unsatisfiable') return sendEmpty(response, 416, { 'Content-Range': `bytes */${sizeBytes}` })
  const blob = { ...found, headers }
  const [range, ...more] = ranges ?? []
  if (!range) return sendWhole(exchange, blob)
  return more.length === 0 ? sendRange(exchange, blob, range) : sendRanges(exchange, blob, [range, ...more])
}

/** end-10: DELETE /v2/:name/blobs/:digest */
export async function deleteBlob({ services, response, repository, params }: Exchange): Promise<void> {
  await services.blobs.deleteBlob(repository, parseBlobDigest(params['digest'] ?? ''))
  sendEmpty(response, 202)
}

/** Clients send the range again there, and keep to themselves who they are. */
function redirect(response: ServerResponse, digest: Digest, url: URL): void {
  const headers = { Location: url.href, 'Docker-Content-Digest': digest, 'Cache-Control': 'no-store' }
  sendEmpty(response, 307, headers)
}

async function sendWhole(exchange: Exchange, blob: AnsweredBlob): Promise<void> {
  const { request, response } = exchange
  const { sizeBytes, headers } = blob
  const isHead = request.method === 'HEAD'
  const bytes = !isHead && sizeBytes <= wholeBlobBytesMax ? await blob.read?.() : undefined
  const send = isHead || bytes ? undefined : await openBody(exchange, blob, { start: 0, end: sizeBytes - 1 })
  response.writeHead(200, { ...headers, 'Content-Length': sizeBytes })
  if (send) return send()
  response.end(bytes)
}

async function sendRange(exchange: Exchange, blob: AnsweredBlob, range: ByteRange): Promise<void> {
  const { request, response } = exchange
  const send = request.method === 'HEAD' ? undefined : await openBody(exchange, blob, range)
  const { start, end } = range
  const contentRange = `bytes ${start}-${end}/${blob.sizeBytes}`
  response.writeHead(206, {
    ...blob.headers,
    'Content-Length': end - start + 1,
    'Content-Range': contentRange,
  })
  if (send) return send()
  response.end()
}

/** Opens a range, so that it is known to be there before the head is written; what is returned sends it then. */
async function openBody(
  { response, signal, hooks: { openFileSender } }: Exchange,
  blob: AnsweredBlob,
  range: ByteRange,
): Promise<() => Promise<void>> {
  const isLarge = range.end - range.start + 1 >= sentFileBytesMin
  const file = openFileSender && isLarge ? await blob.openFile?.() : undefined
  if (!openFileSender || !file) {
    const stream = await blob.open(range)
    return () => pipeline(stream, response, { signal })
  }
  return async () => {
    const socket = findSocket(response)
    if (socket === undefined) return pipeline(file.createReadStream({ ...range }), response, { signal })
    await using _ = file
    using sender = openFileSender(socket)
    await sendFile(response, { file, range, sender, signal })
    response.end()
  }
}

async function sendRanges(
  { request, response, signal }: Exchange,
  blob: AnsweredBlob,
  ranges: ByteRange[],
): Promise<void> {
  const parts = multipartRanges(ranges, blob.sizeBytes)
  response.writeHead(206, { ...blob.headers, ...parts.headers })
  if (request.method === 'HEAD') return void response.end()
  const body = parts.body((range) => blob.open(range))
  await pipeline(body, response, { signal })
}

/** The ranges to send; undefined for the whole blob. `If-Range`: RFC 9110, section 13.1.5. */
function wantedRanges({ headers }: IncomingMessage, etag: string, sizeBytes: number) {
  const isSame = headers['if-range'] === undefined || headers['if-range'] === etag
  return isSame ? parseByteRanges(headers.range, sizeBytes) : undefined
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
