import type { RequestListener, Server, ServerOptions } from 'node:http'
import { readFile } from 'node:fs/promises'

/** Taken so because an `import` of node:http reads all of its exports, one of which loads undici: 40 ms and 7 MB. */
const { createServer } = process.getBuiltinModule('node:http')

export interface TlsFiles {
  /** Clients must show a certificate that `caFile` signed. */
  isVerified: boolean
  caFile: string
  certFile: string
  keyFile: string
}

const options: ServerOptions = {
  // An attach or an upload of an image may last for days: only the header has a limit.
  requestTimeout: 0,
  headersTimeout: 60_000,
  // Longer than Go's clients keep an idle connection, so that they never write into one that is being closed.
  keepAliveTimeout: 120_000,
  // X-Registry-Config holds the credentials of every registry somebody uses.
  maxHeaderSize: 64 * 1024,
  // Only what is taken over becomes an upgrade; curl's `Upgrade: h2c` is answered in HTTP/1.1.
  shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'tcp',
}

/** Node's server with the limits of this API; over TLS when files for it are given. */
export async function createHttpServer(listener: RequestListener, tls?: TlsFiles): Promise<Server> {
  if (!tls) return createServer(options, listener)
  const [{ createServer: createTlsServer }, cert, key, ca] = await Promise.all([
    import('node:https'),
    readFile(tls.certFile),
    readFile(tls.keyFile),
    tls.isVerified ? readFile(tls.caFile) : undefined,
  ])
  const verification = tls.isVerified && ca ? { ca, requestCert: true, rejectUnauthorized: true } : {}
  return createTlsServer({ ...options, cert, key, minVersion: 'TLSv1.2', ...verification }, listener)
}
