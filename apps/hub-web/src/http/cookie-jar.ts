export interface CookieOptions {
  /** Default: until the browser is closed. */
  maxAgeSeconds?: number
}

const headerBytesMax = 16_384

/**
 * The cookies of one request, and those that its answer sets. None is readable by scripts or sent along with another site's
 * forms; over TLS their names bind them to this host (`__Host-`), so that no neighbouring host can plant one.
 */
export class CookieJar {
  readonly #isSecure: boolean
  readonly #received: Map<string, string>
  readonly #changed = new Map<string, string>()

  constructor(header: string | undefined, isSecure: boolean) {
    this.#isSecure = isSecure
    this.#received = parseCookies(header ?? '')
  }

  find(name: string): string | undefined {
    return this.#received.get(this.#fullName(name))
  }

  set(name: string, value: string, { maxAgeSeconds }: CookieOptions = {}): void {
    const attributes = [
      `${this.#fullName(name)}=${value}`,
      'Path=/',
      'HttpOnly',
      'SameSite=Lax',
      ...(this.#isSecure ? ['Secure'] : []),
      ...(maxAgeSeconds === undefined ? [] : [`Max-Age=${Math.max(0, Math.floor(maxAgeSeconds))}`]),
    ]
    this.#changed.set(name, attributes.join('; '))
  }

  delete(name: string): void {
    this.set(name, '', { maxAgeSeconds: 0 })
  }

  /** Values of `Set-Cookie`. */
  get changes(): string[] {
    return [...this.#changed.values()]
  }

  #fullName(name: string): string {
    return this.#isSecure ? `__Host-berth_${name}` : `berth_${name}`
  }
}

/** The first of a name counts, as it does for the browser that sent it. */
function parseCookies(header: string): Map<string, string> {
  const found = new Map<string, string>()
  if (header.length > headerBytesMax) return found
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals).trim()
    if (equals > 0 && !found.has(name)) found.set(name, pair.slice(equals + 1).trim())
  }
  return found
}
