import { CodedError } from '@berth/stdx'

/**
 * Namespaces are the first part of repository names, so they follow the distribution specification's grammar ("Pulling
 * manifests") without dots: `docker.io/…` is a mirrored registry, and looks like a host.
 */
const namespacePattern = /^[a-z0-9]+(?:(?:_|__|-+)[a-z0-9]+)*$/
const namespaceLengthMin = 2
const namespaceLengthMax = 30
const componentPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const repositoryLengthMax = 255

/** First parts of the hub's own paths, and names that would be taken for the hub itself. */
const reservedNames: ReadonlySet<string> = new Set(
  `about access-tokens account accounts admin administrator api assets audit auditlogs auth billing build builds
  categories category create docker docs download edit error explore favicon files groups healthz help home hub
  images index invites items jobs library license local log login logout mail management me members metrics name
  namespace namespaces new news notifications null official operator organization organizations orgs owner owners password plans
  pricing privacy profile public r readyz register registry repo repos repositories repository robots root search
  security sessions settings signin signout signup sign-in sign-out sign-up site sources star starred stars static
  status styles scripts support system tag tags team teams terms theme token tokens trust u undefined user users v1 v2 v3
  version webhook webhooks well-known www`.split(/\s+/),
)

export const isNamespaceName = (text: string): boolean =>
  text.length >= namespaceLengthMin && text.length <= namespaceLengthMax && namespacePattern.test(text)

/** Throws `invalid-argument` for text that cannot name an account or an organization. */
export function parseNamespaceName(text: string): string {
  if (isNamespaceName(text)) return text
  throw new CodedError(
    'invalid-argument',
    `Cannot use the name ${quote(text)}: it is not ${namespaceLengthMin} to ${namespaceLengthMax} lower-case letters and digits, with single - or _ between them`,
  )
}

/** Names that no account and no organization can have: they are parts of the hub's own addresses. */
export const isReservedName = (name: string): boolean => reservedNames.has(name)

/** Throws `already-exists` for a reserved name. */
export function checkUnreserved(name: string): void {
  if (!isReservedName(name)) return
  throw new CodedError(
    'already-exists',
    `Cannot use the name ${quote(name)}: the hub keeps it for its own addresses`,
  )
}

/** Throws `invalid-argument` for text that is not `namespace/name`. */
export function parseRepositoryName(text: string): string {
  if (isRepositoryName(text)) return text
  throw new CodedError(
    'invalid-argument',
    `Cannot use the name ${quote(text)}: a repository is namespace/name, of lower-case letters, digits and single . _ - between them`,
  )
}

export function isRepositoryName(text: string): boolean {
  if (text.length > repositoryLengthMax) return false
  const [namespace = '', ...rest] = text.split('/')
  if (rest.length === 0 || !rest.every((component) => componentPattern.test(component))) return false
  return isNamespaceName(namespace)
}

/** `alice` of `alice/app`. */
export const namespaceOf = (repository: string): string => repository.slice(0, repository.indexOf('/'))

/** `app` of `alice/app`. */
export const shortNameOf = (repository: string): string => repository.slice(repository.indexOf('/') + 1)

/** What the hub itself vouches for. */
export const isOfficialName = (repository: string): boolean => repository.startsWith('library/')

/** For error texts: what somebody sent, cut to a length that can be read. */
export const quote = (text: string): string => JSON.stringify(text.slice(0, 100))
