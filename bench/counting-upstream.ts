import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listenOnLoopback } from '@berth/stdx/testsuite'

/** A registry with one blob at a time that counts what it sends. */
export interface CountingUpstream extends AsyncDisposable {
  url: string
  /** Bytes of blobs that have been sent. */
  sentBytes: number
  /** From now on it has this blob, in every repository. */
  offer(blob: { digest: string; bytes: Buffer }): void
}

const chunkBytes = 1024 * 1024

export async function startCountingUpstream(): Promise<CountingUpstream> {
  let offered: { digest: string; bytes: Buffer } | undefined
  const server = createServer((request, response) => {
    if (request.url === '/v2/') return void response.writeHead(200).end('{}')
    if (!offered || !request.url?.endsWith(offered.digest)) return void response.writeHead(404).end()
    send(request, response, offered)
  })
  const listening = await listenOnLoopback(server)

  function send(
    request: IncomingMessage,
    response: ServerResponse,
    { digest, bytes }: { digest: string; bytes: Buffer },
  ): void {
    response.writeHead(200, { 'Content-Length': bytes.length, 'Docker-Content-Digest': digest })
    if (request.method === 'HEAD') return void response.end()
    let offset = 0
    const next = (): void => {
      if (offset === bytes.length) return void response.end()
      const chunk = bytes.subarray(offset, (offset += chunkBytes))
      response.write(chunk, (error) => {
        if (error) return
        upstream.sentBytes += chunk.length
        next()
      })
    }
    next()
  }

  const upstream: CountingUpstream = {
    url: listening.url,
    sentBytes: 0,
    offer: (blob) => (offered = blob),
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  }
  return upstream
}
