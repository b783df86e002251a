import { encodeJson, formatJson } from './json-encode.ts'
import { takeOver, type Takeover } from './hijack.ts'
import type { Exchange } from './exchange.ts'
import { sendBytes, type Headers } from './send-bytes.ts'
import { sendParts, type PartedBody } from './send-parts.ts'

/** An answer that is more than a JSON value; made by the functions below. */
export class Reply {
  /** Writes the answer. Throws before the header is sent when there is an error to tell by status. */
  readonly send: (exchange: Exchange) => Promise<void>

  constructor(send: (exchange: Exchange) => Promise<void>) {
    this.send = send
  }
}

/** A status of its own, with a JSON body or none. */
export function status(code: number, body?: unknown, headers: Headers = {}): Reply {
  return new Reply(async ({ response }) => {
    if (body === undefined) {
      // A reply to HEAD and those without content by definition say no length; all others say 0.
      const hasLength = code !== 204 && code !== 304
      response.writeHead(code, { ...headers, ...(hasLength && { 'Content-Length': '0' }) }).end()
      return
    }
    const json = formatJson(body)
    const length = Buffer.byteLength(json)
    // Text goes out with the header in one piece, bytes would be a second.
    response
      .writeHead(code, { 'Content-Type': 'application/json', 'Content-Length': length, ...headers })
      .end(json)
  })
}

/** Text with its length; for HEAD the header alone. */
export function text(
  body: string,
  { contentType = 'text/plain; charset=utf-8', headers }: Omit<StreamOptions, 'flushHeaders'> = {},
): Reply {
  return new Reply(async ({ response }) => {
    response
      .writeHead(200, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body), ...headers })
      .end(body)
  })
}

export interface StreamOptions {
  contentType?: string
  headers?: Headers
  /** Sends the header before the first bytes are there; an error then cuts the connection. */
  flushHeaders?: boolean
}

/** Bytes as they come, with back-pressure. The header is held until the first of them, so that an early error has a status. */
export function stream(body: AsyncIterable<Uint8Array>, options: StreamOptions = {}): Reply {
  return new Reply(async (exchange) => {
    await sendBytes(exchange, body, { contentType: 'application/octet-stream', ...options })
  })
}

/** A body of a length that is known, of bytes and files; what fails when it is opened has its status. */
export function parted(
  open: () => Promise<PartedBody>,
  { contentType = 'application/octet-stream' }: Pick<StreamOptions, 'contentType'> = {},
): Reply {
  return new Reply(async (exchange) => {
    await using body = await open()
    await sendParts(exchange, body, { contentType })
  })
}

export interface JsonStreamOptions extends StreamOptions {
  /** Tells the first error as any other, under status 200, without sending the header before there is something to tell. */
  errorsInStream?: boolean
}

/**
 * One JSON value a write, CRLF after each, as progress is told. An error before the first value has its status; a later
 * one is the last value (`errorDetail`, `error`).
 */
export function jsonStream(
  values: AsyncIterable<unknown>,
  { errorsInStream = false, ...options }: JsonStreamOptions = {},
): Reply {
  return new Reply(async (exchange) => {
    const body = encodeLines(values, { exchange, isFlushed: errorsInStream || options.flushHeaders === true })
    await sendBytes(exchange, body, { contentType: 'application/json', ...options })
  })
}

async function* encodeLines(
  values: AsyncIterable<unknown>,
  { exchange, isFlushed }: { exchange: Exchange; isFlushed: boolean },
): AsyncGenerator<Uint8Array> {
  let hasBegun = isFlushed
  try {
    for await (const value of values) {
      yield encodeJson(value, '\r\n')
      hasBegun = true
    }
  } catch (error) {
    if (!hasBegun || exchange.signal.aborted) throw error
    const { message, hint } = exchange.describe(error)
    yield encodeJson({ errorDetail: { message, hint }, error: message }, '\r\n')
  }
}

/** Takes the connection over: 101 where the client asked to upgrade, else 200, then raw bytes both ways until `run` settles. */
export function hijack(
  run: Takeover['run'],
  { contentType = 'application/vnd.docker.raw-stream' } = {},
): Reply {
  return new Reply((exchange) => takeOver(exchange, { run, contentType }))
}
