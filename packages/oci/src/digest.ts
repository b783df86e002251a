import { createHash, type Hash } from 'node:crypto'
import { CodedError } from '@berth/stdx'

/** `sha256:<64 hex>` or `sha512:<128 hex>`; made only by `parseDigest` or a hasher, so it is safe in a path. */
export type Digest = string & { readonly __digest: unique symbol }

/** Registered algorithms of the OCI image specification (descriptor.md) and the length of their hex part. */
const hexLength = { sha256: 64, sha512: 128 } as const
export type DigestAlgorithm = keyof typeof hexLength

/** Returns the digest in `text`, or throws `invalid-argument`. */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text
  throw new CodedError(
    'invalid-argument',
    `Cannot parse digest ${JSON.stringify(text.slice(0, 200))}: ${findDigestFault(text)}`,
  )
}

/** True for `<algorithm>:<hex>` of a registered algorithm, in lower case and of its length. */
export function isDigest(text: string): text is Digest {
  return findDigestFault(text) === undefined
}

/** Why `text` is no digest, in the words of Docker's clients; undefined when it is one. */
export function findDigestFault(text: string): string | undefined {
  const separator = text.indexOf(':')
  const algorithm = text.slice(0, Math.max(separator, 0))
  const hex = text.slice(separator + 1)
  if (algorithm === '' || hex === '') return 'invalid checksum digest format'
  if (!isAlgorithm(algorithm)) return 'unsupported digest algorithm'
  if (hex.length !== hexLength[algorithm]) return 'invalid checksum digest length'
  return /^[0-9a-f]+$/.test(hex) ? undefined : 'invalid checksum digest format'
}

const isAlgorithm = (text: string): text is DigestAlgorithm => Object.hasOwn(hexLength, text)

/** The part before the colon. */
export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.slice(0, digest.indexOf(':')) as DigestAlgorithm
}

/** The part behind the colon: lower-case hex, safe as a file name. */
export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1)
}

/** The digest of bytes in memory. */
export function digestOf(bytes: Uint8Array | string, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest
}

/** Hashes a stream piece by piece. */
export class Digester {
  readonly #algorithm: DigestAlgorithm
  readonly #hash: Hash
  /** Bytes seen so far. */
  sizeBytes = 0

  constructor(algorithm: DigestAlgorithm = 'sha256') {
    this.#algorithm = algorithm
    this.#hash = createHash(algorithm)
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk)
    this.sizeBytes += chunk.length
  }

  /** The digest of what was seen so far; more may come. */
  digestSoFar(): Digest {
    return `${this.#algorithm}:${this.#hash.copy().digest('hex')}` as Digest
  }

  /** Ends the hash: call once, last. */
  digest(): Digest {
    return `${this.#algorithm}:${this.#hash.digest('hex')}` as Digest
  }
}
