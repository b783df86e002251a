import { CodedError, silentLogger, type Logger } from '@berth/stdx'
import type { Descriptor, Digest, Reference } from '@berth/oci'
import { Authorizer } from './authorizer.ts'
import type { Credentials, CredentialsLookup } from './credentials.ts'
import { EndpointTransport } from './endpoint-transport.ts'
import { Endpoints, parseMirror } from './endpoint.ts'
import { fetchBlobBytes } from './fetch-blob.ts'
import { fetchManifestFrom, type FetchedManifest } from './fetch-manifest.ts'
import { HttpTransport } from './http-transport.ts'
import { parseInsecureHosts } from './insecure-hosts.ts'
import { RegistrySession } from './registry-session.ts'
import { Rotation, type RetryNotice } from './rotation.ts'
import { defaultTimeouts, type Timeouts } from './timeouts.ts'

export interface RegistryClientOptions {
  /** For Docker Hub, asked in this order before it: `https://host[/path]`. */
  mirrors?: readonly string[]
  /** `host`, `host:port` or CIDR blocks that may lack a good certificate or TLS; loopback always may. */
  insecureRegistries?: readonly string[]
  /** Asked for each host when a call brings no credentials of its own. */
  credentials?: CredentialsLookup
  userAgent?: string
  logger?: Logger
  timeouts?: Partial<Timeouts>
  /** PEM files trusted besides the machine's own certificates. */
  caFiles?: readonly string[]
}

export interface FetchOptions {
  signal?: AbortSignal
  /** For the registry of the reference; they go to no mirror and to no other host. */
  credentials?: Credentials
  /** Told before each wait for another attempt. */
  onRetry?: (notice: RetryNotice) => void
}

export interface FetchManifestOptions extends FetchOptions {
  /** Fetches this manifest of the reference's repository instead of its tag. */
  digest?: Digest
}

export interface FetchBlobOptions extends FetchOptions {
  /** Bytes that the caller has already; default 0. */
  start?: number
  /** What came so far is void and the next byte is the first of the blob: drop it before returning. */
  onRestart?: () => void | Promise<void>
}

/**
 * The pull side of OCI registries. Errors are CodedErrors in Docker's words: `not-found` (also when the registry hides
 * whether it exists), `unauthorized`, `unavailable`, `data-loss`; an aborted signal throws its own reason.
 */
export interface RegistryClient {
  /**
   * The manifest or index that a reference names (the tag `latest` when it names none), at most 4 MiB, its bytes as
   * they came, checked against the digest asked for.
   */
  fetchManifest(reference: Reference, options?: FetchManifestOptions): Promise<FetchedManifest>
  /**
   * The bytes of a blob, cut lines mended. Never more than `descriptor.size`; the digest is the caller's to check
   * (`verified` of @berth/oci), over all bytes since the last `onRestart`.
   */
  fetchBlob(
    reference: Reference,
    descriptor: Descriptor,
    options?: FetchBlobOptions,
  ): AsyncIterable<Uint8Array>
}

/** Opens a client; disposing closes its connections. Throws `invalid-argument` for a bad mirror or insecure registry. */
export function openRegistryClient(options: RegistryClientOptions = {}): RegistryClient & AsyncDisposable {
  const timeouts = { ...defaultTimeouts, ...options.timeouts }
  const mirrors = (options.mirrors ?? []).map(parseMirror)
  const insecure = parseInsecureHosts(options.insecureRegistries ?? [])
  const http = new HttpTransport(timeouts, options.caFiles ?? [])
  const transport = new EndpointTransport(http)
  const endpoints = new Endpoints({ mirrors, insecure, timeouts })
  const session = new RegistrySession({
    transport,
    authorizer: new Authorizer(transport, options.logger ?? silentLogger),
    lookup: options.credentials ?? (async () => undefined),
    userAgent: options.userAgent ?? 'berth',
  })
  const rotate = async (reference: Reference, { signal, onRetry }: FetchOptions) =>
    new Rotation({
      endpoints: await endpoints.of(reference),
      retryBaseMs: timeouts.retryBaseMs,
      markDown: (endpoint) => endpoints.markDown(endpoint),
      signal,
      onRetry,
    })

  return {
    async fetchManifest(reference, options = {}) {
      const { digest, signal, credentials } = options
      const rotation = await rotate(reference, options)
      const request = {
        reference,
        digest,
        signal,
        credentials,
        scope: pullScope(reference),
        stallMs: timeouts.stallMs,
      }
      for (;;) {
        try {
          return await fetchManifestFrom(session, rotation.endpoint, request)
        } catch (error) {
          await rotation.failed(error)
        }
      }
    },

    async *fetchBlob(reference, descriptor, options = {}) {
      const { start = 0, signal, credentials, onRestart } = options
      if (!Number.isSafeInteger(start) || start < 0 || start > descriptor.size) {
        throw new CodedError(
          'invalid-argument',
          `Cannot fetch ${descriptor.digest} from byte ${start}: it has ${descriptor.size} bytes`,
        )
      }
      const request = {
        reference,
        descriptor,
        start,
        signal,
        credentials,
        onRestart,
        scope: pullScope(reference),
        stallMs: timeouts.stallMs,
      }
      yield* fetchBlobBytes(session, await rotate(reference, options), request)
    },

    async [Symbol.asyncDispose]() {
      http[Symbol.dispose]()
    },
  }
}

function pullScope({ repository }: Reference): string {
  return `repository:${repository}:pull`
}
