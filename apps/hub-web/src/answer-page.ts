import type { IncomingMessage, ServerResponse } from 'node:http'
import { CodedError, messageOf, type Logger } from '@berth/stdx'
import { chooseEncoding, compressed } from './http/compressed.ts'
import { checkForm } from './http/open-request.ts'
import {
  redirect,
  type PageReply,
  type PageRequest,
  type RedirectReply,
  type Reply,
} from './http/page-request.ts'
import { readForm } from './http/read-form.ts'
import type { Router } from './http/router.ts'
import { securityHeaders } from './http/security-headers.ts'
import { errorPage } from './pages/error-page.ts'
import { paths } from './paths.ts'
import { renderDocument } from './ui/document.ts'

export interface AnswerOptions {
  open: () => Promise<PageRequest>
  match: ReturnType<Router['find']>
  request: IncomingMessage
  response: ServerResponse
  logger: Logger
}

const noticeSeconds = 60

/** Answers with a page, an error's page, or the way to another. */
export async function answerPage(options: AnswerOptions): Promise<void> {
  const { open, response, logger } = options
  try {
    const opened = await open()
    const reply = await replyTo(opened, options).catch((error: unknown) => failed(error, opened))
    if (reply.kind === 'redirect') sendRedirect(reply, opened, response)
    else await sendPage(reply, opened, options)
  } catch (error) {
    logger.error('cannot answer', { error: messageOf(error) })
    if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/plain' })
    response.end('The hub has a problem of its own. Please try again later.\n')
  }
}

async function replyTo(opened: PageRequest, { match, request }: AnswerOptions): Promise<Reply> {
  if (!('route' in match)) {
    if (match.allowed.length === 0) throw new CodedError('not-found', 'There is no such page.')
    throw new CodedError('not-implemented', 'This page cannot be asked for in that way.')
  }
  const { route, params } = match
  opened.params = params
  if (route.method === 'POST') {
    opened.form = await readForm(request)
    checkForm(opened, { request, isTokenFree: route.isTokenFree === true })
  }
  if (route.access === 'account' && !opened.viewer.account) return askToSignIn(opened, route.method)
  return route.handler(opened)
}

function askToSignIn(opened: PageRequest, method: string): RedirectReply {
  return redirect(paths.signIn(method === 'GET' ? opened.path : undefined))
}

/** A stranger who may not is asked who they are; everything else is told on a page. */
function failed(error: unknown, opened: PageRequest): Reply {
  if (error instanceof CodedError && error.code === 'unauthorized' && !opened.viewer.account)
    return redirect(paths.signIn(opened.form.size === 0 ? opened.path : undefined))
  return errorPage(error, opened)
}

function sendRedirect(reply: RedirectReply, { cookies }: PageRequest, response: ServerResponse): void {
  if (reply.notice) cookies.set('notice', reply.notice, { maxAgeSeconds: noticeSeconds })
  response.writeHead(303, {
    ...securityHeaders,
    Location: reply.location,
    'Content-Length': 0,
    'Cache-Control': 'no-store',
    'Set-Cookie': cookies.changes,
  })
  response.end()
}

async function sendPage(reply: PageReply, opened: PageRequest, options: AnswerOptions): Promise<void> {
  const { request, response } = options
  const markup = Buffer.from(renderDocument(reply, opened))
  const wanted = chooseEncoding(request.headers['accept-encoding'])
  const { body, encoding } = await compressed(markup, wanted, { isOnce: false })
  const isPersonal = opened.viewer.account !== undefined || opened.cookies.changes.length > 0
  response.writeHead(reply.status ?? 200, {
    ...securityHeaders,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': isPersonal ? 'no-store' : 'private, no-cache',
    Vary: 'Accept-Encoding, Cookie',
    ...(encoding && { 'Content-Encoding': encoding }),
    ...(reply.retryAfterMs !== undefined && { 'Retry-After': Math.ceil(reply.retryAfterMs / 1000) }),
    ...(opened.cookies.changes.length > 0 && { 'Set-Cookie': opened.cookies.changes }),
    // What was left unread of a refused form would be taken for the next request.
    ...(request.complete || request.method === 'GET' ? {} : { Connection: 'close' }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
