import type { Descriptor, Reference } from '@berth/oci'
import { readBody } from './transport/body.ts'
import { EndpointFailure } from './transport/endpoint-failure.ts'
import { blobPath } from './blob-path.ts'
import type { Endpoint } from './transport/endpoint.ts'
import { refusal } from './refusal.ts'
import type { RegistryRequest, RegistrySession } from './registry-session.ts'

export interface RangesRequest extends Pick<RegistryRequest, 'scopes' | 'signal' | 'credentials'> {
  reference: Reference
  descriptor: Descriptor
  start: number
  stallMs: number
}

const connections = 4
/** With `connections`, what is held in memory. */
const pieceBytes = 4 * 1024 * 1024

/**
 * The bytes of a blob from `start` on, in order, over several connections: for lines that give each connection its share.
 * The first trouble of any of them is thrown; what came before it is good.
 */
export async function* fetchRanges(
  session: RegistrySession,
  endpoint: Endpoint,
  request: RangesRequest,
): AsyncGenerator<Buffer> {
  const { size } = request.descriptor
  const ended = new AbortController()
  const signal = request.signal ? AbortSignal.any([request.signal, ended.signal]) : ended.signal
  const pieces: Promise<Buffer>[] = []
  let next = request.start
  const begin = () => {
    if (next >= size) return
    const end = Math.min(next + pieceBytes, size)
    const piece = fetchPiece(session, endpoint, { ...request, signal, start: next, end })
    // Awaited when it is its turn; a failure until then is not unhandled.
    piece.catch(() => {})
    pieces.push(piece)
    next = end
  }
  for (let count = 0; count < connections; count++) begin()
  try {
    for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
      const bytes = await piece
      begin()
      yield bytes
    }
  } finally {
    ended.abort()
    await Promise.allSettled(pieces)
  }
}

async function fetchPiece(
  session: RegistrySession,
  endpoint: Endpoint,
  { start, end, ...request }: RangesRequest & { end: number },
): Promise<Buffer> {
  const { descriptor } = request
  const { response } = await session.send(endpoint, {
    ...request,
    path: blobPath(endpoint, request),
    headers: { Range: `bytes=${start}-${end - 1}` },
  })
  const isAsAsked = [`${descriptor.size}`, '*'].some(
    (complete) => response.headers['content-range'] === `bytes ${start}-${end - 1}/${complete}`,
  )
  if (response.statusCode !== 206) {
    if (response.statusCode !== 200) throw await refusal(response, `blob ${descriptor.digest}`)
    response.destroy()
  } else if (isAsAsked) {
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of readBody(response, endpoint.label, request.stallMs)) {
      bytes += chunk.length
      if (bytes > end - start) break
      chunks.push(chunk)
    }
    if (bytes === end - start) return Buffer.concat(chunks)
  } else response.destroy()
  throw new EndpointFailure(
    `Cannot fetch ${descriptor.digest} in parts: ${endpoint.label} gives others than asked`,
    {
      kind: 'transient',
      code: 'unavailable',
      summary: 'wrong range',
    },
  )
}
