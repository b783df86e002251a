import type { RequestListener, Server } from 'node:http'

/** Taken so because an `import` of node:http reads all of its exports, one of which loads undici: 40 ms and 7 MB. */
const { createServer } = process.getBuiltinModule('node:http')

/** A connection on which nothing moves for so long is ended; there is no limit on the length of an upload. */
const idleTimeoutMs = 120_000
/** Longer than the pools of the usual clients keep a connection, so that it is they who end it. */
const keepAliveTimeoutMs = 120_000
/** A request whose headers are not there by then is no request. */
const headersTimeoutMs = 60_000
/** Tokens with many scopes are long. */
const headerBytesMax = 64 * 1024

/** Makes an HTTP server with the time and size limits that uploads of any length and registry clients need. */
export function createRegistryHttpServer(listener: RequestListener): Server {
  const server = createServer(
    {
      // Node's own limit is 300 s for a whole request: it would end long uploads.
      requestTimeout: 0,
      headersTimeout: headersTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      maxHeaderSize: headerBytesMax,
      noDelay: true,
    },
    listener,
  )
  server.setTimeout(idleTimeoutMs)
  return server
}
