import type { IncomingMessage } from 'node:http'
import { EndpointFailure } from './endpoint-failure.ts'
import { gatherPieces } from './gather-pieces.ts'

/** In one stall time a body must bring at least this much: a byte now and then is no progress. */
const progressBytesMin = 4 * 1024
const ticksPerStall = 4

/**
 * The bytes of a response. A line that is cut or stalls throws a failure that says so; the caller's own slowness is not
 * counted as a stall. Leaving early closes the connection.
 */
export async function* readBody(
  response: IncomingMessage,
  host: string,
  stallMs: number,
): AsyncGenerator<Buffer> {
  const body = gatherPieces(response)
  let isWaiting = false
  let quietTicks = 0
  let receivedBytes = 0
  const timer = setInterval(() => {
    quietTicks = isWaiting ? quietTicks + 1 : quietTicks
    if (quietTicks >= ticksPerStall) response.destroy(stalled(host, stallMs))
  }, stallMs / ticksPerStall)
  try {
    for (;;) {
      isWaiting = true
      const { done, value } = await body.next()
      isWaiting = false
      if (done) break
      receivedBytes += value.length
      if (receivedBytes >= progressBytesMin) receivedBytes = quietTicks = 0
      yield value
    }
  } catch (error) {
    throw error instanceof EndpointFailure ? error : cut(host, error)
  } finally {
    clearInterval(timer)
    response.destroy()
  }
  if (!response.complete) throw cut(host, undefined)
}

function stalled(host: string, stallMs: number): EndpointFailure {
  return new EndpointFailure(`Cannot read from ${host}: no progress for ${stallMs} ms`, {
    kind: 'stalled',
    code: 'unavailable',
    summary: 'stalled',
  })
}

function cut(host: string, cause: unknown): EndpointFailure {
  return new EndpointFailure(`Cannot read from ${host}: unexpected EOF`, {
    kind: 'transient',
    code: 'unavailable',
    summary: 'unexpected EOF',
    cause,
  })
}
