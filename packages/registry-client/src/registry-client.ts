import { CodedError, silentLogger, type Logger } from '@berth/stdx'
import { isForeignLayer, type Descriptor, type Digest, type Platform, type Reference } from '@berth/oci'
import { Authorizer } from './auth/authorizer.ts'
import type { Credentials, CredentialsLookup } from './auth/credentials.ts'
import { EndpointTransport } from './transport/endpoint-transport.ts'
import type { Endpoint } from './transport/endpoint.ts'
import { Endpoints, type DownMirror, type EndpointSettings } from './hosts/endpoints.ts'
import { fetchBlobBytes } from './fetch-blob.ts'
import { fetchManifestFrom, type FetchedManifest } from './fetch-manifest.ts'
import { hasManifestAt } from './has-manifest.ts'
import { HostDirectories } from './hosts/host-directories.ts'
import type { Capability } from './hosts/hosts-file.ts'
import { HttpTransport } from './transport/http-transport.ts'
import { parseInsecureHosts } from './hosts/insecure-hosts.ts'
import { listTagsAt } from './list-tags.ts'
import { loginAt, type LoginResult } from './auth/login.ts'
import { measureSource, type SourceMeasure } from './measure-source.ts'
import { parseMirror } from './hosts/mirror-url.ts'
import type { ProxySettings } from './transport/proxy.ts'
import { pushBlobTo, type PushedBlob } from './push-blob.ts'
import { pushManifestTo } from './push-manifest.ts'
import { RegistrySession } from './registry-session.ts'
import { Rotation, type RetryNotice } from './hosts/rotation.ts'
import { pullScope } from './auth/scopes.ts'
import { searchAt, type SearchResult } from './search.ts'
import { defaultTimeouts, type Timeouts } from './transport/timeouts.ts'

/** What can be changed while a client is open. */
export interface RegistrySettings {
  /** For Docker Hub, asked in this order before it: `https://host[/path]`. */
  mirrors?: readonly string[]
  /** `host`, `host:port` or CIDR blocks that may lack a good certificate or TLS; loopback always may. */
  insecureRegistries?: readonly string[]
}

export interface RegistryClientOptions extends RegistrySettings {
  /**
   * Folders such as /etc/docker/certs.d, each with a folder for a host: certificates, and a hosts.toml with the mirrors of
   * that registry. They are read again with every call.
   */
  certsDirectories?: readonly string[]
  /** Asked for each host when a call brings no credentials of its own. */
  credentials?: CredentialsLookup
  /** Default: none is used. */
  proxy?: ProxySettings
  userAgent?: string
  logger?: Logger
  timeouts?: Partial<Timeouts>
  /** PEM files trusted besides the machine's own certificates. */
  caFiles?: readonly string[]
}

/** What every call takes. */
export interface CallOptions {
  signal?: AbortSignal
  /** For the registry of the reference; they go to no mirror and to no other host. */
  credentials?: Credentials
  /** Told before each wait for another attempt. */
  onRetry?: (notice: RetryNotice) => void
}

export interface FetchManifestOptions extends CallOptions {
  /** Fetches this manifest of the reference's repository instead of its tag. */
  digest?: Digest
}

export interface FetchBlobOptions extends CallOptions {
  /** Bytes that the caller has already; default 0. */
  start?: number
  /** Asks the registry itself alone. */
  withoutMirrors?: boolean
  /**
   * What came so far is void and the next byte is the first of the blob: drop it before returning. Without this each byte
   * comes once, and a host that is wrong about the size ends the fetch once some of its bytes came.
   */
  onRestart?: () => void | Promise<void>
}

export interface PushBlobOptions extends CallOptions {
  /** Repositories of the same registry that are known to hold the blob, likeliest first. */
  origins?: readonly string[]
  /** Told how many bytes of the blob were sent; after an interruption the number goes back. */
  onProgress?: (sentBytes: number) => void
}

export interface MeasureOptions extends Pick<CallOptions, 'signal'> {
  /** In place of those that are configured: `https://host[/path]`. */
  mirrors?: readonly string[]
  /** Whose layers are fetched. */
  platform: Platform
  /** As much of a layer is fetched, at most for so long. */
  bytesMax: number
  durationMaxMs: number
}

/** A blob and where its bytes come from. */
export interface BlobSource {
  descriptor: Descriptor
  /** The bytes from `start` on; asked again for each attempt. */
  open: (start: number) => AsyncIterable<Uint8Array>
}

/**
 * Pull and push of OCI registries. Errors are CodedErrors in Docker's words: `not-found` (also when the registry hides
 * whether it exists), `unauthorized`, `forbidden`, `unavailable`, `data-loss`; an aborted signal throws its own reason.
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
  /** Whether others than the registry itself are asked for the blobs of a repository. */
  isMirrored(reference: Reference): Promise<boolean>
  /** Every tag of the reference's repository. */
  listTags(reference: Reference, options?: CallOptions): Promise<string[]>
  /** Brings a blob into the reference's repository unless it is there; the registry checks its digest. */
  pushBlob(reference: Reference, blob: BlobSource, options?: PushBlobOptions): Promise<PushedBlob>
  /** Whether the reference's repository holds a manifest or index, looked up once; false also when that cannot be told. */
  hasManifest(reference: Reference, descriptor: Descriptor, options?: CallOptions): Promise<boolean>
  /** Stores a manifest or index, whose blobs are there, under the reference's tag, without one under its digest alone. */
  pushManifest(
    reference: Reference,
    manifest: { descriptor: Descriptor; bytes: Uint8Array },
    options?: CallOptions,
  ): Promise<void>
  /**
   * Repositories that the index of a registry (`docker.io`, `host:5000`) finds for a term, at most `limit`. Names are as the
   * index tells them, on one line each.
   */
  search(
    registry: string,
    term: string,
    options: { limit: number } & Pick<CallOptions, 'signal' | 'credentials'>,
  ): Promise<SearchResult[]>
  /** The mirrors that failed lately and are asked last for now. */
  downMirrors(): DownMirror[]
  /**
   * Tries each place that a reference can come from, one after the other, the registry itself last, and tells how it
   * answers. What goes wrong at one of them is told, too.
   */
  measure(reference: Reference, options: MeasureOptions): AsyncIterable<SourceMeasure>
  /** From now on other mirrors and insecure registries; what is under way is not touched. Throws as `openRegistryClient`. */
  configure(settings: RegistrySettings): void
  /** Asks a registry (`docker.io`, `host:5000`) whether credentials are good; throws `unauthorized` when they are not. */
  login(registry: string, credentials: Credentials, options?: { signal?: AbortSignal }): Promise<LoginResult>
}

/** Opens a client; disposing closes its connections. Throws `invalid-argument` for a bad mirror or insecure registry. */
export function openRegistryClient(options: RegistryClientOptions = {}): RegistryClient & AsyncDisposable {
  return new HttpRegistryClient(options)
}

class HttpRegistryClient implements RegistryClient, AsyncDisposable {
  readonly #timeouts: Timeouts
  readonly #http: HttpTransport
  readonly #session: RegistrySession
  readonly #parts: { transport: EndpointTransport; authorizer: Authorizer }
  readonly #userAgent: string
  readonly #endpoints: Endpoints

  constructor(options: RegistryClientOptions) {
    const timeouts = { ...defaultTimeouts, ...options.timeouts }
    this.#timeouts = timeouts
    this.#http = new HttpTransport(timeouts, { proxy: options.proxy ?? {}, caFiles: options.caFiles ?? [] })
    const directories = new HostDirectories(options.certsDirectories ?? [])
    this.#endpoints = new Endpoints(readSettings(options), { directories, timeouts })
    const transport = new EndpointTransport(this.#http)
    this.#parts = { transport, authorizer: new Authorizer(transport, options.logger ?? silentLogger) }
    this.#userAgent = options.userAgent ?? 'berth'
    this.#session = new RegistrySession({
      ...this.#parts,
      lookup: options.credentials ?? (async () => undefined),
      userAgent: this.#userAgent,
    })
  }

  configure(settings: RegistrySettings): void {
    this.#endpoints.settings = readSettings(settings)
  }

  async fetchManifest(reference: Reference, options: FetchManifestOptions = {}): Promise<FetchedManifest> {
    const request = { ...this.#common(reference, options), digest: options.digest }
    const isResolved = (options.digest ?? reference.digest) !== undefined
    const rotation = await this.#rotation(reference, options, isResolved ? 'pull' : 'resolve')
    return await rotation.run((endpoint) => fetchManifestFrom(this.#session, endpoint, request))
  }

  async *fetchBlob(
    reference: Reference,
    descriptor: Descriptor,
    options: FetchBlobOptions = {},
  ): AsyncGenerator<Uint8Array> {
    const { start = 0, onRestart } = options
    if (!Number.isSafeInteger(start) || start < 0 || start > descriptor.size) {
      throw new CodedError(
        'invalid-argument',
        `Cannot fetch ${descriptor.digest} from byte ${start}: it has ${descriptor.size} bytes`,
      )
    }
    const { patienceMs } = this.#timeouts
    const request = { ...this.#common(reference, options), descriptor, start, onRestart, patienceMs }
    const rotation = options.withoutMirrors
      ? this.#rotationOf([await this.#endpoints.upstream(reference.registry)], options)
      : await this.#rotation(reference, options, 'pull')
    // Registries need not have them; what they have is asked for first, since nobody else learns of it then.
    if (isForeignLayer(descriptor))
      rotation.add(await this.#endpoints.foreign(reference.registry, descriptor.urls ?? []))
    yield* fetchBlobBytes(this.#session, rotation, request)
  }

  async isMirrored(reference: Reference): Promise<boolean> {
    return (await this.#endpoints.of(reference, 'pull')).some(({ isMirror }) => isMirror)
  }

  async listTags(reference: Reference, options: CallOptions = {}): Promise<string[]> {
    const rotation = await this.#rotation(reference, options, 'resolve')
    return await rotation.run((endpoint) =>
      listTagsAt(this.#session, endpoint, this.#common(reference, options)),
    )
  }

  async pushBlob(reference: Reference, blob: BlobSource, options: PushBlobOptions = {}): Promise<PushedBlob> {
    const { origins = [], onProgress = () => {} } = options
    const { commitMs } = this.#timeouts
    const request = { ...this.#common(reference, options), ...blob, origins, onProgress, commitMs }
    return await pushBlobTo(this.#session, await this.#rotation(reference, options, 'push'), request)
  }

  async hasManifest(
    reference: Reference,
    descriptor: Descriptor,
    options: CallOptions = {},
  ): Promise<boolean> {
    const { endpoint } = await this.#rotation(reference, options, 'push')
    return await hasManifestAt(this.#session, endpoint, { ...this.#common(reference, options), descriptor })
  }

  async pushManifest(
    reference: Reference,
    manifest: { descriptor: Descriptor; bytes: Uint8Array },
    options: CallOptions = {},
  ): Promise<void> {
    const request = { ...this.#common(reference, options), ...manifest }
    const rotation = await this.#rotation(reference, options, 'push')
    await rotation.run((endpoint) => pushManifestTo(this.#session, endpoint, request))
  }

  downMirrors(): DownMirror[] {
    return this.#endpoints.downMirrors()
  }

  async *measure(
    reference: Reference,
    { mirrors, signal, ...limits }: MeasureOptions,
  ): AsyncGenerator<SourceMeasure> {
    const endpoints = mirrors
      ? await this.#endpoints.withMirrors(reference.registry, mirrors.map(parseMirror))
      : await this.#endpoints.of(reference, 'pull')
    const request = { ...this.#common(reference, signal ? { signal } : {}), ...limits }
    for (const endpoint of endpoints) yield await measureSource(this.#session, endpoint, request)
  }

  async login(
    registry: string,
    credentials: Credentials,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<LoginResult> {
    const endpoint = await this.#endpoints.upstream(registry)
    return await loginAt(endpoint, this.#parts, { credentials, userAgent: this.#userAgent, signal })
  }

  async search(
    registry: string,
    term: string,
    { limit, signal, credentials }: { limit: number } & Pick<CallOptions, 'signal' | 'credentials'>,
  ): Promise<SearchResult[]> {
    const { stallMs } = this.#timeouts
    const endpoint = await this.#endpoints.upstream(registry)
    return await searchAt(this.#session, endpoint, { term, limit, stallMs, signal, credentials })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http[Symbol.dispose]()
  }

  #common(reference: Reference, { signal, credentials }: CallOptions) {
    return {
      reference,
      signal,
      credentials,
      scopes: [pullScope(reference)],
      stallMs: this.#timeouts.stallMs,
    }
  }

  async #rotation(reference: Reference, options: CallOptions, use: Capability): Promise<Rotation> {
    return this.#rotationOf(await this.#endpoints.of(reference, use), options)
  }

  #rotationOf(endpoints: readonly [Endpoint, ...Endpoint[]], { signal, onRetry }: CallOptions): Rotation {
    return new Rotation({
      endpoints,
      retryBaseMs: this.#timeouts.retryBaseMs,
      markDown: (endpoint) => this.#endpoints.markDown(endpoint),
      signal,
      onRetry,
    })
  }
}

function readSettings({ mirrors = [], insecureRegistries = [] }: RegistrySettings): EndpointSettings {
  return { mirrors: mirrors.map(parseMirror), insecure: parseInsecureHosts(insecureRegistries) }
}
