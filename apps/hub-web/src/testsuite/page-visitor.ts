export interface VisitOptions {
  headers?: Record<string, string>
}

export interface VisitedPage {
  status: number
  headers: Headers
  text: string
}

interface VisitRequest {
  method?: string
  headers: Record<string, string>
  body?: URLSearchParams
}

/** A browser without scripts: it keeps cookies, sends forms with the token that the page showed, and follows nothing. */
export class PageVisitor {
  readonly #url: string
  readonly cookies = new Map<string, string>()

  constructor(url: string) {
    this.#url = url
  }

  get(path: string, { headers = {} }: VisitOptions = {}): Promise<VisitedPage> {
    return this.#request(path, { headers })
  }

  /** As it is: a test that sends a token has taken it from a page. */
  post(
    path: string,
    fields: Record<string, string>,
    { headers = {} }: VisitOptions = {},
  ): Promise<VisitedPage> {
    return this.#request(path, { method: 'POST', headers, body: new URLSearchParams(fields) })
  }

  /** Opens the page at `from`, and sends one of its forms to `path` (default: the same). */
  async submit(from: string, fields: Record<string, string>, path = from): Promise<VisitedPage> {
    const { text } = await this.get(from)
    return this.post(path.split('?', 1)[0] ?? '', { 'form-token': findFormToken(text), ...fields })
  }

  async #request(path: string, { headers: own, ...init }: VisitRequest): Promise<VisitedPage> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { accept: 'text/html', ...(cookie === '' ? {} : { cookie }), ...own }
    const response = await fetch(`${this.#url}${path}`, { ...init, headers, redirect: 'manual' })
    for (const changed of response.headers.getSetCookie()) this.#keep(changed)
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  #keep(setCookie: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(setCookie) ?? []
    if (/; Max-Age=0\b/.test(setCookie)) this.cookies.delete(name)
    else this.cookies.set(name, value)
  }
}

/** The token of a page's first form that has one; empty when none has. */
export function findFormToken(markup: string): string {
  return /name="form-token" value="([^"]+)"/.exec(markup)?.[1] ?? ''
}
