import assert from 'node:assert/strict'
import { digestOf, mediaTypes, type Descriptor, type Digest, type DigestAlgorithm } from '@berth/oci'

export interface RequestOptions {
  body?: Uint8Array | string | ReadableStream
  headers?: Record<string, string>
  /** What the answer must have. */
  status: number
}

/** Speaks to a registry as a client on the wire does; every call says which status it expects. */
export class RegistryRequests {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async send(
    method: string,
    path: string,
    { body, headers = {}, status }: RequestOptions,
  ): Promise<Response> {
    const init = {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body: body as BodyInit, duplex: 'half' }),
    }
    const response = await fetch(new URL(path, this.#url), init as RequestInit)
    if (response.status !== status)
      assert.fail(`${method} ${path}: ${response.status} ${await response.text()}, expected ${status}`)
    return response
  }

  async sendForError(
    method: string,
    path: string,
    options: RequestOptions,
  ): Promise<{ code: string; message: string; detail?: unknown }> {
    const response = await this.send(method, path, options)
    const { errors } = (await response.json()) as {
      errors: { code: string; message: string; detail?: unknown }[]
    }
    assert.equal(errors.length, 1)
    return errors[0] ?? assert.fail('no error')
  }

  async beginUpload(repository: string, query = ''): Promise<string> {
    const response = await this.send('POST', `/v2/${repository}/blobs/uploads/${query}`, { status: 202 })
    return location(response)
  }

  async pushBlob(repository: string, bytes: Uint8Array, algorithm?: DigestAlgorithm): Promise<Digest> {
    const digest = digestOf(bytes, algorithm)
    const path = withDigest(await this.beginUpload(repository), digest)
    await this.send('PUT', path, {
      body: bytes,
      headers: { 'Content-Type': 'application/octet-stream' },
      status: 201,
    })
    return digest
  }

  async pushManifest(
    repository: string,
    reference: string,
    document: object,
  ): Promise<{ digest: Digest; bytes: Buffer; response: Response }> {
    const bytes = Buffer.from(JSON.stringify(document))
    const mediaType = (document as { mediaType?: string }).mediaType ?? mediaTypes.ociManifest
    const response = await this.send('PUT', `/v2/${repository}/manifests/${reference}`, {
      body: bytes,
      headers: { 'Content-Type': mediaType },
      status: 201,
    })
    return { digest: response.headers.get('docker-content-digest') as Digest, bytes, response }
  }

  /** Pushes an image with one layer; `extra` goes into its manifest. */
  async pushImage(repository: string, reference: string, extra: object = {}) {
    const [config, layer] = [Buffer.from('{"architecture":"amd64"}'), Buffer.from(`layer ${Math.random()}`)]
    await this.pushBlob(repository, config)
    await this.pushBlob(repository, layer)
    const document = imageManifest(config, layer, extra)
    return { ...(await this.pushManifest(repository, reference, document)), config, layer }
  }
}

export function imageManifest(config: Uint8Array, layer: Uint8Array, extra: object = {}) {
  return {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: describe(mediaTypes.ociConfig, config),
    layers: [describe(mediaTypes.ociLayerGzip, layer)],
    ...extra,
  }
}

export function describe(mediaType: string, bytes: Uint8Array, algorithm?: DigestAlgorithm): Descriptor {
  return { mediaType, digest: digestOf(bytes, algorithm), size: bytes.length }
}

export function location(response: Response): string {
  return response.headers.get('location') ?? assert.fail('no Location')
}

export function withDigest(path: string, digest: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}digest=${digest}`
}
