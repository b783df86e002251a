import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientAddress, endAfterBody } from '@berth/registry-server'
import type { Logger } from '@berth/stdx'
import type { RequestLimits } from '../limits/request-limits.ts'
import type { Origin } from '../http/origin.ts'
import type { ApiCall, ApiReply, ApiRoute, ApiServices } from './api-call.ts'
import { errorReply } from './error-reply.ts'
import { findLogin, type ApiLogin } from './find-login.ts'
import { findRoute, isApiPath } from './find-route.ts'
import { readJson } from './read-json.ts'

export interface HubApiOptions extends ApiServices {
  /** Who asks a search: the registry's clients show passwords and tokens there, not sessions. */
  findSearcher: (request: IncomingMessage) => Promise<ApiLogin>
  limits: RequestLimits
  origin: Origin
  logger: Logger
}

/** Answers requests of the hub's API. */
export class HubApi {
  readonly #options: HubApiOptions

  constructor(options: HubApiOptions) {
    this.#options = options
  }

  /** False for a request that is not the API's, which is untouched. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const [path = '/'] = (request.url ?? '/').split('?', 1)
    if (!isApiPath(path)) return false
    const match = findRoute(request.method ?? '', path)
    try {
      response.setHeader('X-Content-Type-Options', 'nosniff')
      if ('route' in match) send(request, response, await this.#answer(match, { request, response }))
      else refuseRoute(request, response, match.allowed)
    } catch (error) {
      const place = 'route' in match ? match.route.path : undefined
      this.#sendError(error, { request, response, place })
    }
    return true
  }

  async #answer(
    { route, params }: { route: ApiRoute; params: Record<string, string> },
    { request, response }: { request: IncomingMessage; response: ServerResponse },
  ): Promise<ApiReply> {
    const { limits, origin, catalog } = this.#options
    const address = clientAddress(request)
    await limits.admitAddress(address, response)
    const { headers } = request
    const isSearch = route.path.startsWith('/v1/')
    const login = isSearch
      ? await this.#options.findSearcher(request)
      : await findLogin(catalog.sessions, { headers, address })
    await limits.admitAccount(login.viewer.account, response)
    // What is shown depends on who asks.
    response.setHeader('Cache-Control', 'private, no-store')
    const url = new URL(request.url ?? '/', origin.of(headers))
    const body: ApiCall['body'] = (schema) => readJson(request, schema)
    return await route.handler({ ...this.#options, ...login, params, url, request, body })
  }

  #sendError(
    error: unknown,
    wire: { request: IncomingMessage; response: ServerResponse; place: string | undefined },
  ): void {
    const { request, response, place } = wire
    if (response.destroyed || request.errored) return
    const { status, message, retryAfterMs } = errorReply(error)
    // The route, not the path: a path may hold the secret of a build trigger.
    if (status >= 500)
      this.#options.logger.error('API request failed', { method: request.method, place, error })
    if (response.headersSent) return void response.destroy()
    if (retryAfterMs !== undefined) setRetryAfter(response, retryAfterMs)
    if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="berth-hub"')
    send(request, response, errorBody(status, message))
  }
}

/** Docker Hub's clients read one or the other. */
const errorBody = (status: number, message: string): ApiReply => ({
  status,
  body: { message, detail: message, errinfo: {} },
})

/** Docker Hub says the time in a header of its own, as a point in time. */
function setRetryAfter(response: ServerResponse, retryAfterMs: number): void {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000))
  response.setHeader('Retry-After', seconds)
  response.setHeader('X-Retry-After', Math.ceil(Date.now() / 1000) + seconds)
}

function refuseRoute(request: IncomingMessage, response: ServerResponse, allowed: readonly string[]): void {
  if (allowed.length === 0)
    return send(request, response, errorBody(404, 'There is nothing at this address.'))
  response.setHeader('Allow', allowed.join(', '))
  send(request, response, errorBody(405, `This address takes ${allowed.join(', ')}.`))
}

function send(request: IncomingMessage, response: ServerResponse, { status, body }: ApiReply): void {
  if (body === undefined) response.writeHead(status, status === 204 ? {} : { 'Content-Length': 0 })
  else {
    const bytes = Buffer.from(JSON.stringify(body))
    response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': bytes.length })
    if (request.method !== 'HEAD') response.write(bytes)
  }
  endAfterBody(request, response)
}
