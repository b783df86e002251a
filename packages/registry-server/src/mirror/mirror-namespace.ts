import type { UpstreamLimits } from './gate.ts'
import type { Upstream } from './upstream.ts'

/** One mirrored registry; its repositories are those that begin with `<name>/`. */
export interface MirrorNamespace {
  /** As references name it (`docker.io`, `ghcr.io`); one component of a repository's name. */
  name: string
  /** Other values of `ns=` that mean it, for example `host:port`. */
  aliases?: readonly string[]
  /** Hosts of this server that stand for it. */
  hosts?: readonly string[]
  upstream: Upstream
  /** How long a tag is believed before it is asked for again (default 5 minutes). Digests are never asked for again. */
  tagTtlMs?: number
  limits?: UpstreamLimits
}

/** What a request means once its way of naming the registry is put aside. */
export interface Located {
  /** From `/v2/` on, without a namespace in front of it. */
  path: string
  /** Undefined for the registry's own repositories. */
  namespace: MirrorNamespace | undefined
}

export interface Address {
  host: string | undefined
  path: string
  /** The parameter `ns` (distribution specification, "Proxying"). */
  ns: string | null
}

const prefixedPath = /^\/([^/]+)(\/v2(?:\/.*)?)$/
const namedPath = /^\/v2\/([^/]+)\/(.+\/(?:blobs|manifests|tags|referrers)\/.*)$/

/** Knows which registry a request is for, whichever way its client says it. */
export class MirrorNamespaces {
  readonly #byName = new Map<string, MirrorNamespace>()
  readonly #byHost = new Map<string, MirrorNamespace>()
  readonly #fallback: MirrorNamespace | undefined

  /** `fallback` is meant by requests that name no registry (`registry-mirrors` of an engine). */
  constructor(namespaces: readonly MirrorNamespace[], fallback?: string) {
    for (const namespace of namespaces) {
      for (const name of [namespace.name, ...(namespace.aliases ?? [])]) this.#byName.set(name, namespace)
      for (const host of namespace.hosts ?? []) this.#byHost.set(host, namespace)
    }
    this.#fallback = fallback === undefined ? undefined : this.#byName.get(fallback)
  }

  /** The namespace of that name, or alias. */
  find(name: string): MirrorNamespace | undefined {
    return this.#byName.get(name)
  }

  /** The namespace that a repository belongs to, by its name. */
  of(repository: string): MirrorNamespace | undefined {
    const slash = repository.indexOf('/')
    return slash < 0 ? undefined : this.#byName.get(repository.slice(0, slash))
  }

  /** Undefined when the request is for a registry that is not mirrored here. */
  locate({ host, path, ns }: Address): Located | undefined {
    const [, prefix = '', prefixed = path] = prefixedPath.exec(path) ?? []
    const byPrefix = this.#byName.get(prefix)
    if (byPrefix) return { path: prefixed, namespace: byPrefix }
    if (ns !== null) return this.#locateByParameter(path, ns)
    const [, component = '', rest = ''] = namedPath.exec(path) ?? []
    const byComponent = this.#byName.get(component)
    if (byComponent) return { path: `/v2/${rest}`, namespace: byComponent }
    return { path, namespace: this.#findByHost(host ?? '') ?? this.#fallback }
  }

  #findByHost(host: string): MirrorNamespace | undefined {
    return this.#byHost.get(host) ?? this.#byHost.get(host.replace(/:\d+$/, ''))
  }

  /** A registry that mirrors nothing by default takes `ns` for a mirror's habit and answers from what it has. */
  #locateByParameter(path: string, ns: string): Located | undefined {
    const namespace = this.#byName.get(ns)
    return namespace || !this.#fallback ? { path, namespace } : undefined
  }
}

/** The repository under which a mirrored one is kept here. */
export function mirroredName({ name }: MirrorNamespace, repository: string): string {
  // Docker Hub's own short names: `docker.io/alpine` is `docker.io/library/alpine`.
  const isShort = name === 'docker.io' && !repository.includes('/')
  return `${name}/${isShort ? 'library/' : ''}${repository}`
}

/** What upstream calls the repository that is kept here as `repository`. */
export function upstreamName({ name }: MirrorNamespace, repository: string): string {
  return repository.slice(name.length + 1)
}
