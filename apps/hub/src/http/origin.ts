import type { IncomingHttpHeaders } from 'node:http'

/** A host as a client may name it: nothing that would mean more in a header or a page. */
const hostPattern = /^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/

/** Where clients reach this hub: as it was told, or else by the name that they call it. */
export class Origin {
  readonly #publicUrl: string | undefined
  readonly #scheme: 'http' | 'https'

  constructor({ publicUrl, isTls }: { publicUrl: URL | undefined; isTls: boolean }) {
    this.#publicUrl = publicUrl?.origin
    this.#scheme = isTls ? 'https' : 'http'
  }

  /** As an option of what works without a request. */
  get publicUrlOption(): { publicUrl?: string } {
    return this.#publicUrl === undefined ? {} : { publicUrl: this.#publicUrl }
  }

  /** `https://host[:port]`, for the sender of these headers. */
  of({ host = '' }: IncomingHttpHeaders): string {
    return this.#publicUrl ?? `${this.#scheme}://${hostPattern.test(host) ? host : 'localhost'}`
  }
}
