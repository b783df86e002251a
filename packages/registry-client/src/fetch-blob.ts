import type { IncomingMessage } from 'node:http'
import type { Descriptor, Reference } from '@berth/oci'
import { isCoded } from '@berth/stdx'
import { readBody } from './transport/body.ts'
import { blobPath } from './blob-path.ts'
import { EndpointFailure } from './transport/endpoint-failure.ts'
import type { Endpoint } from './transport/endpoint.ts'
import { fetchRanges } from './fetch-ranges.ts'
import { ConnectionSpeed } from './connection-speed.ts'
import { refusal } from './refusal.ts'
import type { RegistryRequest, RegistrySession } from './registry-session.ts'
import type { Rotation } from './hosts/rotation.ts'

export interface BlobRequest extends Pick<RegistryRequest, 'scopes' | 'signal' | 'credentials'> {
  reference: Reference
  descriptor: Descriptor
  start: number
  stallMs: number
  /** After so long it is looked whether more connections are worth trying. */
  patienceMs: number
  onRestart: (() => void | Promise<void>) | undefined
}

/** An attempt that brought this much counts as progress, and the attempts are counted anew. */
const progressBytesMin = 1024 * 1024
const progressParts = 20

/** The bytes of a blob from `start`, over as many requests and endpoints as it takes. */
export async function* fetchBlobBytes(
  session: RegistrySession,
  rotation: Rotation,
  request: BlobRequest,
): AsyncGenerator<Buffer> {
  const { size } = request.descriptor
  const progress = { position: request.start, mayWiden: true }
  while (progress.position < size) {
    const attemptStart = progress.position
    try {
      yield* attempt(session, rotation.endpoint, { request, progress })
    } catch (error) {
      // What is wrong about the size cannot be built upon, and who cannot drop it has it already.
      if (!request.onRestart && progress.position > attemptStart && isCoded(error, 'data-loss')) throw error
      const worth = Math.min(progressBytesMin, size / progressParts)
      await rotation.failed(error, { progressed: progress.position - attemptStart >= worth })
      if (request.onRestart && progress.position > 0 && isCoded(error, 'data-loss')) {
        await request.onRestart()
        progress.position = 0
      }
    }
  }
}

interface Attempt {
  request: BlobRequest
  /** `position` is where the next byte belongs. */
  progress: { position: number; mayWiden: boolean }
}

/** One request, and more at a time from where that one was found to be slow. */
async function* attempt(
  session: RegistrySession,
  endpoint: Endpoint,
  { request, progress }: Attempt,
): AsyncGenerator<Buffer> {
  const { descriptor, patienceMs, stallMs } = request
  const part = await openPart(session, endpoint, { ...request, start: progress.position })
  // Who cannot drop what came gets the rest alone.
  const skippedBytes = request.onRestart ? 0 : progress.position - part.start
  if (request.onRestart && part.start !== progress.position) {
    await request.onRestart()
    progress.position = part.start
  }
  const speed = new ConnectionSpeed(progress.position, patienceMs)
  let isSlow = false
  for await (const chunk of behind(readBody(part.response, endpoint.label, stallMs), skippedBytes)) {
    progress.position += chunk.length
    if (progress.position > descriptor.size)
      throw wrongSize(descriptor, `more than ${descriptor.size} bytes came`)
    yield chunk
    isSlow = progress.mayWiden && speed.isSlow(progress.position, descriptor.size)
    if (isSlow) break
  }
  if (isSlow) yield* widened(session, endpoint, { request, progress })
  else if (progress.position < descriptor.size)
    throw wrongSize(descriptor, `${progress.position} of ${descriptor.size} bytes came`)
}

/** What follows the first bytes of a body. */
async function* behind(body: AsyncIterable<Buffer>, skippedBytes: number): AsyncGenerator<Buffer> {
  let leftBytes = skippedBytes
  for await (const chunk of body) {
    if (chunk.length > leftBytes) yield chunk.subarray(leftBytes)
    leftBytes = Math.max(0, leftBytes - chunk.length)
  }
}

/** As far as several connections get; one alone goes on from there. */
async function* widened(
  session: RegistrySession,
  endpoint: Endpoint,
  { request, progress }: Attempt,
): AsyncGenerator<Buffer> {
  // Tried once: a server that cannot, and a line that is full, gain nothing by it.
  progress.mayWiden = false
  try {
    for await (const bytes of fetchRanges(session, endpoint, { ...request, start: progress.position })) {
      progress.position += bytes.length
      yield bytes
    }
  } catch (error) {
    if (!(error instanceof EndpointFailure)) throw error
  }
}

interface Part {
  response: IncomingMessage
  /** Where its first byte belongs: as asked, or 0. */
  start: number
}

/** Asks for the rest of a blob; a server that gives another part than asked is asked for all of it. */
async function openPart(session: RegistrySession, endpoint: Endpoint, request: BlobRequest): Promise<Part> {
  const response = await getBlob(session, endpoint, request)
  if (response.statusCode === 206 && isRangeAsAsked(response, request))
    return { response, start: request.start }
  if (response.statusCode === 200) return { response: checkedLength(response, request.descriptor), start: 0 }
  if (request.start === 0 || (response.statusCode !== 206 && response.statusCode !== 416))
    throw await refusalOf(response, request)
  response.destroy()
  return await openPart(session, endpoint, { ...request, start: 0 })
}

async function getBlob(
  session: RegistrySession,
  endpoint: Endpoint,
  request: BlobRequest,
): Promise<IncomingMessage> {
  const { response } = await session.send(endpoint, {
    ...request,
    path: blobPath(endpoint, request),
    headers: request.start > 0 ? { Range: `bytes=${request.start}-` } : {},
  })
  return response
}

/** RFC 9110 section 14.4: `bytes first-last/complete`, the complete length may be `*`. */
function isRangeAsAsked(response: IncomingMessage, { start, descriptor }: BlobRequest): boolean {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.headers['content-range'] ?? '')
  if (!match) return false
  const [, first, last, complete] = match
  return (
    Number(first) === start &&
    Number(last) === descriptor.size - 1 &&
    (complete === '*' || Number(complete) === descriptor.size)
  )
}

function checkedLength(response: IncomingMessage, descriptor: Descriptor): IncomingMessage {
  const length = response.headers['content-length']
  if (length === undefined || Number(length) === descriptor.size) return response
  response.destroy()
  throw wrongSize(descriptor, `the registry has ${length} bytes, the manifest says ${descriptor.size}`)
}

function wrongSize({ digest }: Descriptor, state: string): EndpointFailure {
  return new EndpointFailure(`Cannot verify ${digest}: ${state}`, {
    kind: 'refused',
    code: 'data-loss',
    summary: 'wrong size',
  })
}

async function refusalOf(response: IncomingMessage, { descriptor }: BlobRequest): Promise<EndpointFailure> {
  return await refusal(response, `blob ${descriptor.digest}`)
}
