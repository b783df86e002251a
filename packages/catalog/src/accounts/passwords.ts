import { createHmac, randomBytes } from 'node:crypto'
import { CodedError, Semaphore } from '@berth/stdx'
import { hashPassword, isPassword } from './password-hash.ts'
import { isAccessTokenSecret, tokenPrefix } from './secrets.ts'

const lengthMin = 8
const bytesMax = 1024
/** Hashing takes a core and 19 MiB for a while. */
const parallelMax = 2
const waitingMax = 100
/** Registry clients send the password with every request for a token: a right one is believed for a while. */
const rememberMs = 5 * 60 * 1000
const rememberMax = 10_000

/** Hashes passwords and compares them, few at a time. */
export class Passwords {
  readonly #now: () => number
  readonly #turns = new Semaphore(parallelMax)
  readonly #recentKey = randomBytes(32)
  readonly #recent = new Map<string, number>()
  #decoy: Promise<string> | undefined
  #waiting = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** Throws `invalid-argument` for a password that will not do. */
  hash(password: string, owner: { name: string; email: string }): Promise<string> {
    checkPassword(password, owner)
    return this.#inTurn(() => hashPassword(password))
  }

  /** Without a hash it takes as long and is false. Throws `unavailable` when too many wait. */
  async verify(password: string, hash: string | undefined): Promise<boolean> {
    if (Buffer.byteLength(password) > bytesMax) return false
    const proof = this.#proof(password, hash)
    if (hash !== undefined && (this.#recent.get(proof) ?? 0) > this.#now()) return true
    this.#decoy ??= hashPassword(randomBytes(16).toString('hex'))
    const compared = hash ?? (await this.#decoy)
    const isRight = await this.#inTurn(() => isPassword(password, compared))
    if (hash === undefined || !isRight) return false
    this.#remember(proof)
    return true
  }

  /** Tells nothing to who reads this process's memory later, and counts no more once the hash has changed. */
  #proof(password: string, hash: string | undefined): string {
    return createHmac('sha256', this.#recentKey)
      .update(JSON.stringify([password, hash]))
      .digest('base64')
  }

  #remember(proof: string): void {
    this.#recent.delete(proof)
    this.#recent.set(proof, this.#now() + rememberMs)
    const [oldest] = this.#recent.keys()
    if (this.#recent.size > rememberMax && oldest !== undefined) this.#recent.delete(oldest)
  }

  async #inTurn<T>(action: () => Promise<T>): Promise<T> {
    if (this.#waiting >= waitingMax)
      throw new CodedError('unavailable', 'Cannot sign in: too many sign in at once', {
        hint: 'Try again in a moment.',
      })
    this.#waiting++
    try {
      return await this.#turns.run(action)
    } finally {
      this.#waiting--
    }
  }
}

function checkPassword(password: string, { name, email }: { name: string; email: string }): void {
  const refuse = (state: string) => {
    throw new CodedError('invalid-argument', `Cannot use this password: ${state}`)
  }
  if (password.length < lengthMin) refuse(`it is shorter than ${lengthMin} characters`)
  if (Buffer.byteLength(password) > bytesMax) refuse(`it is longer than ${bytesMax} bytes`)
  if (isAccessTokenSecret(password)) refuse(`it begins like an access token, with ${tokenPrefix}`)
  if ([name, email].includes(password.toLowerCase())) refuse('it is the name or the e-mail address')
}
