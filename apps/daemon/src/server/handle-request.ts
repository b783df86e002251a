import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from '@berth/stdx'
import { apiVersion as newest } from '@berth/api'
import { checkVersion, setVersionHeaders, splitVersion, type ServerInfo } from '../middleware/api-version.ts'
import { describeError, sendError } from '../middleware/error-status.ts'
import type { Exchange } from './exchange.ts'
import { missingBody, readJsonBody } from './json-body.ts'
import { Reply, status } from './reply.ts'
import type { JsonOptions, RequestContext } from './route.ts'
import type { FoundRoute, Router } from './router.ts'

export interface RequestHandlerOptions {
  router: Router
  info: ServerInfo
  logger: Logger
}

export interface Incoming {
  request: IncomingMessage
  response: ServerResponse
  upgraded: Duplex | undefined
  signal: AbortSignal
  typedAhead: Exchange['typedAhead']
  markEndless: Exchange['markEndless']
  /** Throws for what this listener does not serve. */
  admit: (request: IncomingMessage) => void
}

/** From a request to the end of its answer; never rejects. */
export async function handleRequest(incoming: Incoming, options: RequestHandlerOptions): Promise<void> {
  const { request, response } = incoming
  const target = request.url ?? '/'
  const mark = target.indexOf('?')
  const { apiVersion, path } = splitVersion(mark < 0 ? target : target.slice(0, mark))
  const startMs = performance.now()
  try {
    incoming.admit(request)
    if (request.method === 'OPTIONS') return void response.writeHead(200, { 'Content-Length': '0' }).end()
    const found = options.router.find(request.method ?? '', path)
    if (!found)
      return sendError(
        response,
        { status: 404, code: 'not-found', message: 'page not found', hint: undefined },
        newest,
      )
    setVersionHeaders(response, options.info)
    checkVersion(apiVersion, found.route)
    const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1))
    await answer(incoming, { apiVersion, query, found, logger: options.logger })
  } catch (error) {
    fail(incoming, { error, apiVersion, path, logger: options.logger })
  } finally {
    const fields = {
      method: request.method,
      path,
      status: response.statusCode,
      ms: Math.round(performance.now() - startMs),
    }
    options.logger.debug('request', fields)
  }
}

interface Routed {
  apiVersion: string
  query: URLSearchParams
  found: FoundRoute
  logger: Logger
}

async function answer(incoming: Incoming, { apiVersion, query, found, logger }: Routed): Promise<void> {
  const { request, signal, upgraded } = incoming
  const optionalJson = async <T>({ limitBytes }: JsonOptions = {}) =>
    (await readJsonBody(request, limitBytes)) as T | undefined
  const context: RequestContext = {
    params: found.params,
    query,
    request,
    apiVersion,
    signal,
    isUpgrade: upgraded !== undefined,
    logger,
    optionalJson,
    json: async <T>(options?: JsonOptions) => {
      const value = await optionalJson<T>(options)
      if (value === undefined) throw missingBody()
      return value
    },
  }
  const value = await found.route.handler(context)
  const reply = value instanceof Reply ? value : status(200, value ?? null)
  await reply.send({ ...incoming, describe: describeError })
}

function fail(incoming: Incoming, { error, apiVersion, path, logger }: Failed): void {
  const { request, response, signal } = incoming
  const description = describeError(error)
  if (description.status >= 500 && !signal.aborted) {
    logger.error(description.message, { method: request.method, path, error })
  }
  // A connection that was taken over is closed by who took it.
  if (!response.socket) return
  if (signal.aborted || response.headersSent) response.socket.destroy()
  else sendError(response, description, apiVersion)
}

interface Failed {
  error: unknown
  apiVersion: string
  path: string
  logger: Logger
}
