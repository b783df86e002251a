import { CodedError } from '@berth/stdx'
import { isDigest, type Digest } from './digest.ts'

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
/** Registry and repository together: the limit that the field's clients share. */
const nameLengthMax = 255

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const repositoryPattern = new RegExp(`^${component}(?:/${component})*$`)
const tagPattern = /^\w[\w.-]{0,127}$/
const domainLabel = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const domainPattern = new RegExp(`^(?:${domainLabel}(?:\\.${domainLabel})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`)

/** Text as people write it (`alpine`, `host:5000/a/b:tag@sha256:…`) to a reference, as Docker reads it. No tag is added. */
export function parseReference(name: string): Reference {
  if (/^[a-f0-9]{64}$/.test(name)) {
    throw invalid(`invalid repository name (${name}), cannot specify 64-byte hexadecimal strings`)
  }
  const at = name.indexOf('@')
  const digest = at < 0 ? undefined : name.slice(at + 1)
  const { registry, rest } = splitRegistry(at < 0 ? name : name.slice(0, at))
  const colon = rest.lastIndexOf(':')
  const path = colon < 0 ? rest : rest.slice(0, colon)
  const tag = colon < 0 ? undefined : rest.slice(colon + 1)
  const repository = registry === defaultRegistry && !path.includes('/') ? `library/${path}` : path
  checkParts(name, { registry, path, repository, tag, digest })
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest: digest as Digest }),
  }
}

interface Parts {
  registry: string
  path: string
  repository: string
  tag: string | undefined
  digest: string | undefined
}

function checkParts(name: string, { registry, path, repository, tag, digest }: Parts): void {
  if (path.toLowerCase() !== path) {
    throw invalid(`invalid reference format: repository name (${repository}) must be lowercase`)
  }
  const isValid =
    name.length > 0 &&
    domainPattern.test(registry) &&
    repositoryPattern.test(repository) &&
    (tag === undefined || tagPattern.test(tag)) &&
    (digest === undefined || isDigest(digest))
  if (!isValid) throw invalid('invalid reference format')
  if (repository.length + registry.length + 1 > nameLengthMax) {
    throw invalid(
      `invalid reference format: repository name must not be more than ${nameLengthMax} characters`,
    )
  }
}

function invalid(message: string): CodedError {
  return new CodedError('invalid-argument', message, {
    hint: 'A reference looks like [HOST[:PORT]/]NAME[:TAG|@DIGEST], for example alpine:3.20 or localhost:5000/team/app:v1.',
  })
}

/** The part before the first slash is a registry if it has a dot, a colon or an upper-case letter, or is `localhost`. */
function splitRegistry(name: string): { registry: string; rest: string } {
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(slash, 0))
  const isRegistry =
    slash > 0 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first)
  if (!isRegistry) return { registry: defaultRegistry, rest: name }
  return { registry: first === legacyDefaultRegistry ? defaultRegistry : first, rest: name.slice(slash + 1) }
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
