import { CodedError } from '@berth/stdx'
import { findDigestFault, type Digest } from './digest.ts'

/**
 * A parsed name. `registry` is the domain (`docker.io` when none was written), `repository` the path with `library/`
 * put in front of Docker Hub's single names.
 */
export interface Reference {
  registry: string
  repository: string
  tag?: string
  digest?: Digest
}

const defaultRegistry = 'docker.io'
/** Another name of Docker Hub that old clients write. */
const legacyDefaultRegistry = 'index.docker.io'
const defaultTag = 'latest'
/** The limit that the field's clients share. */
const repositoryLengthMax = 255
/** Far above what can be valid: no pattern is run on longer text. */
const nameLengthMax = 4096

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const algorithm = '[a-zA-Z][a-zA-Z0-9]*(?:[-_+.][a-zA-Z][a-zA-Z0-9]*)*'
const domainLabel = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const domainPattern = new RegExp(`^(?:${domainLabel}(?:\\.${domainLabel})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`)
/** Repository, tag and digest: what follows the registry. */
const pathPattern = new RegExp(
  `^(${component}(?:/${component})*)(?::(\\w[\\w.-]{0,127}))?(?:@(${algorithm}:[a-fA-F0-9]{32,}))?$`,
)

/** Text as people write it (`alpine`, `host:5000/a/b:tag@sha256:…`) to a reference, as Docker reads it. No tag is added. */
export function parseReference(name: string): Reference {
  if (/^[a-f0-9]{64}$/.test(name)) {
    throw invalid(`invalid repository name (${name}), cannot specify 64-byte hexadecimal strings`)
  }
  if (name.length > nameLengthMax) throw invalid('invalid reference format')
  const { registry, path } = splitRegistry(name)
  const [untagged = ''] = path.split(':', 1)
  if (untagged.toLowerCase() !== untagged) {
    throw invalid(`invalid reference format: repository name (${untagged}) must be lowercase`)
  }
  const parts = domainPattern.test(registry) ? pathPattern.exec(path) : null
  if (!parts) throw invalid('invalid reference format')
  const [, repository = '', tag, digest] = parts
  if (repository.length > repositoryLengthMax) {
    throw invalid(`repository name must not be more than ${repositoryLengthMax} characters`)
  }
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest: checkDigest(digest) }),
  }
}

function checkDigest(text: string): Digest {
  const fault = findDigestFault(text)
  if (fault !== undefined) throw invalid(fault)
  return text as Digest
}

function invalid(message: string): CodedError {
  return new CodedError('invalid-argument', message, {
    hint: 'A reference looks like [HOST[:PORT]/]NAME[:TAG|@DIGEST], for example alpine:3.20 or localhost:5000/team/app:v1.',
  })
}

/**
 * The part before the first slash is a registry if it has a dot, a colon or an upper-case letter, or is `localhost`.
 * The path gets `library/` in front when it is a single name of Docker Hub.
 */
function splitRegistry(name: string): { registry: string; path: string } {
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(slash, 0))
  const isRegistry = /[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first
  const registry = isRegistry && first !== legacyDefaultRegistry ? first : defaultRegistry
  const path = isRegistry ? name.slice(slash + 1) : name
  return { registry, path: registry === defaultRegistry && !path.includes('/') ? `library/${path}` : path }
}

/** The reference with `latest` where it has neither tag nor digest. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined
    ? { ...reference, tag: defaultTag }
    : reference
}

/** `registry/repository[:tag][@digest]`, nothing left out. */
export function formatReference(reference: Reference): string {
  return `${reference.registry}/${reference.repository}${suffix(reference)}`
}

/** The short form that people know: `alpine:3.20`, not `docker.io/library/alpine:3.20`. */
export function familiarReference(reference: Reference): string {
  return familiarName(reference) + suffix(reference)
}

/** The short form of registry and repository alone. */
export function familiarName({ registry, repository }: Pick<Reference, 'registry' | 'repository'>): string {
  if (registry !== defaultRegistry) return `${registry}/${repository}`
  const single = repository.startsWith('library/') && !repository.slice(8).includes('/')
  return single ? repository.slice(8) : repository
}

function suffix({ tag, digest }: Reference): string {
  return (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`)
}
