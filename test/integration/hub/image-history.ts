import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { digestOf, mediaTypes, parseManifest, type Descriptor, type Digest } from '@berth/oci'
import { RegistryRequests, withDigest } from '../../conformance/registry/registry-requests.ts'

/** Layers that come and go and come back, so that they are looked for when collection is about to take them. */
const recurringLayers = Array.from({ length: 5 }, (_, index) => Buffer.from(`recurring layer ${index}`))

/**
 * What a pusher did to its own tags and was told of: the registry must have every image whose push was acknowledged and
 * whose deletion was not begun.
 */
export class ImageHistory {
  readonly #requests: RegistryRequests
  readonly #repository: string
  readonly #present = new Map<string, Digest>()
  #count = 0

  constructor(url: string, repository: string) {
    this.#requests = new RegistryRequests(url)
    this.#repository = repository
  }

  /**
   * Pushes as clients do: looks for each blob, uploads it only when it is not there, and after `pauseMs` of other work
   * pushes the manifest.
   */
  async push(pauseMs = 0): Promise<void> {
    const index = this.#count++
    const recurring = recurringLayers[Math.floor(Math.random() * recurringLayers.length)] ?? Buffer.alloc(0)
    const config = Buffer.from(JSON.stringify({ os: 'linux', index: index % 7 }))
    const document = {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: await this.#pushBlob(mediaTypes.ociConfig, config),
      layers: [
        await this.#pushBlob(mediaTypes.ociLayer, recurring),
        await this.#pushBlob(mediaTypes.ociLayer, Buffer.from(`own ${index}`)),
      ],
      annotations: { index: String(index) },
    }
    await sleep(pauseMs)
    const tag = `t${index}`
    const { digest } = await this.#requests.pushManifest(this.#repository, tag, document)
    this.#present.set(tag, digest)
  }

  /** Deletes the oldest image that is there. */
  async deleteOldest(): Promise<void> {
    const [oldest] = this.#present
    if (!oldest) return
    this.#present.delete(oldest[0])
    const path = `/v2/${this.#repository}/manifests/${oldest[1]}`
    await this.#requests.send('DELETE', path, { status: 202 })
  }

  /** Every image that must be there, whole and byte for byte. */
  async assertPresent(url?: string): Promise<number> {
    const requests = url === undefined ? this.#requests : new RegistryRequests(url)
    for (const [tag, digest] of this.#present) {
      const manifest = await this.#read(requests, `manifests/${tag}`, digest)
      const content = parseManifest(manifest, undefined)
      assert.ok(content.kind === 'manifest')
      for (const blob of [content.config, ...content.layers])
        await this.#read(requests, `blobs/${blob.digest}`, blob.digest)
    }
    return this.#present.size
  }

  async #read(requests: RegistryRequests, path: string, digest: Digest): Promise<Buffer> {
    const response = await requests.send('GET', `/v2/${this.#repository}/${path}`, { status: 200 })
    const bytes = Buffer.from(await response.arrayBuffer())
    assert.equal(digestOf(bytes), digest)
    return bytes
  }

  async #pushBlob(mediaType: string, bytes: Buffer): Promise<Descriptor> {
    const digest = digestOf(bytes)
    const path = `/v2/${this.#repository}/blobs/${digest}`
    const isThere = await this.#requests.send('HEAD', path, { status: 200 }).then(
      () => true,
      () => false,
    )
    if (!isThere) {
      const upload = withDigest(await this.#requests.beginUpload(this.#repository), digest)
      const headers = { 'Content-Type': 'application/octet-stream' }
      await this.#requests.send('PUT', upload, { body: bytes, headers, status: 201 })
    }
    return { mediaType, digest, size: bytes.length }
  }
}
