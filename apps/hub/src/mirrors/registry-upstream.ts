import { acceptedManifestTypes, isDigest, manifestBytesMax, type Digest } from '@berth/oci'
import type { RegistryAnswer, RegistryHost, RegistryQuestion } from '@berth/registry-client'
import { UpstreamError, type Upstream, type UpstreamBlob, type UpstreamList } from '@berth/registry-server'
import { isCoded, readBounded, systemCode } from '@berth/stdx'

const manifestHeaders = { Accept: acceptedManifestTypes.join(', ') }

/** Makes a registry the upstream of a mirror. */
export function registryUpstream(host: RegistryHost): Upstream {
  return new RegistryUpstream(host)
}

class RegistryUpstream implements Upstream {
  readonly #host: RegistryHost

  constructor(host: RegistryHost) {
    this.#host = host
  }

  async headManifest(repository: string, reference: string, signal: AbortSignal) {
    const path = `manifests/${reference}`
    const question = { method: 'HEAD', repository, path, headers: manifestHeaders, signal } as const
    const { headers, discard } = await this.#ask(question)
    discard()
    const digest = String(headers['docker-content-digest'])
    return { digest: isDigest(digest) ? digest : undefined }
  }

  async getManifest(repository: string, reference: string, signal: AbortSignal) {
    const path = `manifests/${reference}`
    const answer = await this.#ask({ method: 'GET', repository, path, headers: manifestHeaders, signal })
    return { bytes: await readDocument(answer), mediaType: answer.headers['content-type'] }
  }

  async headBlob(repository: string, digest: Digest, signal: AbortSignal) {
    const question = { method: 'HEAD', repository, path: `blobs/${digest}`, signal } as const
    const { headers, discard } = await this.#ask(question)
    discard()
    return { sizeBytes: lengthOf(headers['content-length']) }
  }

  async openBlob(
    repository: string,
    digest: Digest,
    { start, signal }: { start: number; signal: AbortSignal },
  ): Promise<UpstreamBlob> {
    const headers = start > 0 ? { Range: `bytes=${start}-` } : {}
    const question = { method: 'GET', repository, path: `blobs/${digest}`, headers, signal } as const
    const answer = await this.#ask(question)
    const { discard } = answer
    const body = mapErrors(answer.body, signal)
    if (answer.status === 200)
      return { start: 0, sizeBytes: lengthOf(answer.headers['content-length']), body, discard }
    const [, first, size] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.headers['content-range'] ?? '') ?? []
    if (Number(first) === start) return { start, sizeBytes: lengthOf(size), body, discard }
    discard()
    throw new UpstreamError('failing', 'upstream sent another part than asked for')
  }

  async getList(repository: string, path: string, signal: AbortSignal): Promise<UpstreamList> {
    const answer = await this.#ask({ method: 'GET', repository, path, signal })
    const { 'content-type': type, link, 'oci-filters-applied': filters } = answer.headers
    return {
      bytes: await readDocument(answer),
      headers: {
        ...(type !== undefined && { 'Content-Type': type }),
        ...(typeof link === 'string' && { Link: link }),
        ...(typeof filters === 'string' && { 'OCI-Filters-Applied': filters }),
      },
    }
  }

  /** Asks, and throws for every answer but the one that was hoped for. */
  async #ask(question: RegistryQuestion & { signal: AbortSignal }): Promise<RegistryAnswer> {
    const answer = await this.#host.ask(question).catch((error: unknown) => {
      question.signal.throwIfAborted()
      throw upstreamError(error)
    })
    if (answer.status === 200 || answer.status === 206) return answer
    answer.discard()
    throw refusal(answer)
  }
}

async function readDocument(answer: RegistryAnswer): Promise<Uint8Array> {
  try {
    return await readBounded(answer.body, manifestBytesMax, 'an answer')
  } catch (error) {
    throw upstreamError(error)
  }
}

async function* mapErrors(body: AsyncGenerator<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (error) {
    signal.throwIfAborted()
    throw upstreamError(error)
  }
}

function refusal({ status, retryAfterMs }: RegistryAnswer): UpstreamError {
  if (status === 404) return new UpstreamError('unknown', 'upstream does not have it')
  if (status === 401 || status === 403) return new UpstreamError('denied', 'upstream denies access')
  if (status === 429)
    return new UpstreamError('rate-limited', 'upstream says: too many requests', { retryAfterMs })
  if (status === 408 || status === 504)
    return new UpstreamError('timeout', `upstream answered ${status}`, { retryAfterMs })
  return new UpstreamError('failing', `upstream answered ${status}`, { retryAfterMs })
}

function upstreamError(error: unknown): unknown {
  if (!isCoded(error)) return error
  const isTimeout = systemCode(error.cause) === 'ETIMEDOUT'
  if (isTimeout) return new UpstreamError('timeout', 'upstream did not answer in time', { cause: error })
  // A token service that refuses speaks for its registry.
  if (isCoded(error, 'unauthorized', 'forbidden', 'not-found'))
    return new UpstreamError('denied', 'upstream denies access', { cause: error })
  if (isCoded(error, 'invalid-argument', 'data-loss'))
    return new UpstreamError('failing', 'upstream sent what cannot be used', { cause: error })
  return new UpstreamError('unreachable', 'upstream cannot be reached', { cause: error })
}

function lengthOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
