import type { RequestListener, Server } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import { limitConnections } from './limit-connections.ts'

/** Taken so because an `import` of node:http reads all of its exports, one of which loads undici: 40 ms and 7 MB. */
const { createServer } = process.getBuiltinModule('node:http')

/** A connection on which nothing moves for so long is ended; there is no limit on the length of an upload. */
const idleTimeoutMs = 120_000
/** Longer than the pools of the usual clients keep a connection, so that it is they who end it. */
const keepAliveTimeoutMs = 120_000
/** A request whose headers, or handshake, are not there by then is no request. */
const headersTimeoutMs = 30_000
/** Tokens with many scopes are long. */
const headerBytesMax = 64 * 1024

const connectionsPerAddressDefault = 1000

/** What one client may take. */
export interface ConnectionLimits {
  /** Connections from one address at a time; more are ended at once (default 1000). */
  perAddressMax?: number | undefined
  /** A request's headers must be there by then (default 30 s). */
  headersMs?: number | undefined
}

/** Certificate chain and key, PEM. */
export interface ServerCertificate {
  cert: string | Buffer
  key: string | Buffer
}

/**
 * Makes an HTTP server, over TLS when there is a certificate, with the time and size limits that uploads of any length
 * and registry clients need.
 */
export function createRegistryHttpServer(
  listener: RequestListener,
  certificate?: ServerCertificate,
  { perAddressMax = connectionsPerAddressDefault, headersMs = headersTimeoutMs }: ConnectionLimits = {},
): Server | TlsServer {
  const options = {
    // Node's own limit is 300 s for a whole request: it would end long uploads.
    requestTimeout: 0,
    headersTimeout: headersMs,
    connectionsCheckingInterval: Math.min(headersMs, 5000),
    handshakeTimeout: headersMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    maxHeaderSize: headerBytesMax,
    noDelay: true,
  }
  const server = certificate
    ? process.getBuiltinModule('node:https').createServer({ ...options, ...certificate }, listener)
    : createServer(options, listener)
  server.setTimeout(idleTimeoutMs)
  limitConnections(server, perAddressMax)
  return server
}
