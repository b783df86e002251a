import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { CookieJar } from './cookie-jar.ts'

const visitorCookie = 'visitor'
const visitorSeconds = 86_400
const secretPattern = /^[\w-]{43}$/

/**
 * Makes sure that a form was shown by this hub to the browser that sends it: each carries a token that follows from a secret
 * in that browser's cookies, the session's or, before there is one, a visitor's.
 */
export class FormGuard {
  readonly #cookies: CookieJar
  readonly #sessionSecret: string | undefined
  #visitorSecret: string | undefined

  constructor(cookies: CookieJar, sessionSecret: string | undefined) {
    this.#cookies = cookies
    this.#sessionSecret = sessionSecret
    const visitor = cookies.find(visitorCookie)
    this.#visitorSecret = visitor !== undefined && secretPattern.test(visitor) ? visitor : undefined
  }

  /** For one form. It looks different each time, so that compression of the page tells nothing about it. */
  createToken(): string {
    const mask = randomBytes(32)
    return Buffer.concat([mask, xor(mask, this.#expected(this.#secret()))]).toString('base64url')
  }

  isValid(token: string | null): boolean {
    const secret = this.#sessionSecret ?? this.#visitorSecret
    const bytes = Buffer.from(token ?? '', 'base64url')
    if (secret === undefined || bytes.length !== 64) return false
    return timingSafeEqual(xor(bytes.subarray(0, 32), bytes.subarray(32)), this.#expected(secret))
  }

  /** From now on another secret counts: who planted a visitor's cookie before a sign-in has nothing of it. */
  forgetVisitor(): void {
    if (this.#visitorSecret !== undefined) this.#cookies.delete(visitorCookie)
    this.#visitorSecret = undefined
  }

  #secret(): string {
    if (this.#sessionSecret !== undefined) return this.#sessionSecret
    if (this.#visitorSecret === undefined) {
      this.#visitorSecret = randomBytes(32).toString('base64url')
      this.#cookies.set(visitorCookie, this.#visitorSecret, { maxAgeSeconds: visitorSeconds })
    }
    return this.#visitorSecret
  }

  #expected(secret: string): Buffer {
    return createHmac('sha256', secret).update('form').digest()
  }
}

function xor(left: Uint8Array, right: Uint8Array): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)))
}
