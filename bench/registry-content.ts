import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { mediaTypes } from '@berth/oci'

/**
 * Pushes to a registry as clients do, and fails on any answer but the wanted one. Without `fetch`, which takes longer to
 * send 100 MB than a registry to store them: what waits for the client says nothing of the server.
 */
export class RegistryContent {
  readonly #url: string
  readonly #agent = new Agent({ keepAlive: true })

  constructor(url: string) {
    this.#url = url
  }

  /** POST, then PUT of all bytes or PATCH of each chunk and PUT of none. */
  async pushBlob(
    repository: string,
    bytes: Buffer,
    { chunks = 0, digest = digestOf(bytes) } = {},
  ): Promise<string> {
    const post = await this.#send('POST', `/v2/${repository}/blobs/uploads/`, 202)
    let location = locationOf(post, this.#url)
    const size = Math.ceil(bytes.length / Math.max(1, chunks))
    const parts = Array.from({ length: chunks }, (_, index) => index * size)
    for (const start of parts) {
      const body = bytes.subarray(start, start + size)
      const range = { 'Content-Range': `${start}-${start + body.length - 1}` }
      location = locationOf(await this.#send('PATCH', location, 202, { body, headers: range }), this.#url)
    }
    location.searchParams.set('digest', digest)
    await this.#send('PUT', location, 201, { body: chunks > 0 ? Buffer.alloc(0) : bytes })
    return digest
  }

  /** An image of one layer; returns the digest of its manifest. */
  async pushImage(repository: string, tag: string, layer: Buffer): Promise<string> {
    const config = Buffer.from('{"architecture":"amd64","os":"linux"}')
    const describe = (mediaType: string, bytes: Buffer) => ({
      mediaType,
      digest: digestOf(bytes),
      size: bytes.length,
    })
    await this.pushBlob(repository, config)
    await this.pushBlob(repository, layer)
    return await this.pushManifest(repository, tag, {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: describe(mediaTypes.ociConfig, config),
      layers: [describe(mediaTypes.ociLayerGzip, layer)],
    })
  }

  async pushManifest(repository: string, tag: string, document: object): Promise<string> {
    const body = Buffer.from(JSON.stringify(document))
    const headers = { 'Content-Type': mediaTypes.ociManifest }
    await this.#send('PUT', `/v2/${repository}/manifests/${tag}`, 201, { body, headers })
    return digestOf(body)
  }

  async mountBlob(repository: string, { from, digest }: { from: string; digest: string }): Promise<void> {
    await this.#send('POST', `/v2/${repository}/blobs/uploads/?mount=${digest}&from=${from}`, 201)
  }

  async #send(
    method: string,
    path: string | URL,
    ...[status, { body, headers = {} } = {}]: [number, { body?: Buffer; headers?: Record<string, string> }?]
  ): Promise<IncomingMessage> {
    const sizes = { 'Content-Type': 'application/octet-stream', 'Content-Length': body?.length ?? 0 }
    const sending = request(new URL(path, this.#url), {
      method,
      agent: this.#agent,
      headers: { ...sizes, ...headers },
    })
    sending.end(body)
    const [response] = (await once(sending, 'response')) as [IncomingMessage]
    await once(response.resume(), 'end')
    if (response.statusCode !== status)
      throw new Error(`${method} ${path}: ${response.statusCode}, expected ${status}`)
    return response
  }
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

function locationOf({ headers }: IncomingMessage, url: string): URL {
  return new URL(headers.location ?? '', url)
}
