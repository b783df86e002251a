import { networkOf } from '../http/network-of.ts'
import { RegistryError } from '../registry-error.ts'
import { RecentValues } from './recent-values.ts'

const windowMs = 60_000
/** Wrong logins in a minute: from one address, and of one account from one address that it is known from. */
const failuresMax = 10
/** The same for an account from all addresses that it is not known from. */
const accountFailuresMax = 60
/** An account is known from an address for so long after it has come in from there. */
const knownMs = 30 * 24 * 60 * 60 * 1000
const rememberMax = 100_000
/** Docker Hub's words. Docker's client shows none for an error that has only the words of its code. */
const wrongLogin = 'incorrect username or password'

/** One try to log in. */
export interface LoginAttempt {
  name: string
  /** Where it comes from. */
  address: string
  /** A secret that is too long to be guessed: it is no password, so guesses of passwords do not keep it out. */
  isRandom?: boolean
}

/**
 * Lets passwords be tried a few times a minute. Guessing is stopped by the address that it comes from, and by the account
 * when it comes from many; an account still comes in from where it came in before, so that nobody can lock it out. Each
 * process counts for itself, and has its share of what is allowed.
 */
export class LoginLimits {
  readonly #failures: RecentValues<number>
  readonly #known: RecentValues<true>
  readonly #processes: number

  constructor({ now = Date.now, processes = 1 }: { now?: () => number; processes?: number } = {}) {
    this.#processes = processes
    this.#failures = new RecentValues({ limit: rememberMax, lifeMs: windowMs, now })
    this.#known = new RecentValues({ limit: rememberMax, lifeMs: knownMs, now })
  }

  /**
   * Runs `attempt`, which gives undefined for a wrong name or secret: that is UNAUTHORIZED, always in the same words.
   * Throws TOO_MANY_REQUESTS, for right secrets too, when there were too many wrong ones.
   */
  async try<T>(login: LoginAttempt, attempt: () => Promise<T | undefined>): Promise<T> {
    // Names differ in their letters' size for nobody but a counter.
    const name = login.name.toLowerCase()
    const pair = `${name} from ${networkOf(login.address)}`
    const limits = this.#limitsOf({ ...login, name }, pair)
    if (limits.some(([key, max]) => this.#count(key) >= Math.ceil(max / this.#processes)))
      throw new RegistryError('TOO_MANY_REQUESTS', {
        message: 'too many failed logins',
        retryAfterMs: windowMs,
      })
    // Counted before it is tried: many at once are many.
    this.#add(limits, 1)
    const found = await attempt()
    if (found === undefined) throw new RegistryError('UNAUTHORIZED', { message: wrongLogin })
    this.#add(limits, -1)
    this.#known.set(pair, true)
    return found
  }

  #limitsOf(
    { name, address, isRandom }: LoginAttempt,
    pair: string,
  ): (readonly [key: string, max: number])[] {
    const network = networkOf(address)
    if (isRandom) return [[`random from ${network}`, failuresMax]]
    if (this.#known.get(pair)) return [[`pair ${pair}`, failuresMax]]
    return [
      [`address ${network}`, failuresMax],
      [`account ${name}`, accountFailuresMax],
    ]
  }

  #count(key: string): number {
    return this.#failures.get(key) ?? 0
  }

  #add(limits: readonly (readonly [key: string, max: number])[], difference: number): void {
    for (const [key] of limits) this.#failures.set(key, Math.max(0, this.#count(key) + difference))
  }
}
