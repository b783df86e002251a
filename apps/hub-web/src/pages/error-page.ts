import { randomUUID } from 'node:crypto'
import { CodedError, messageOf, type ErrorCode } from '@berth/stdx'
import { page, type PageReply, type PageRequest } from '../http/page-request.ts'
import { paths } from '../paths.ts'
import { html, type ComponentChildren } from '../rendering/html.ts'

/** Codes that say something about what was asked; all others are this hub's own trouble. */
const statuses: Partial<Record<ErrorCode, { status: number; title: string }>> = {
  'invalid-argument': { status: 400, title: 'That will not do' },
  unauthorized: { status: 401, title: 'Sign in first' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not here' },
  'not-implemented': { status: 405, title: 'Not in that way' },
  conflict: { status: 409, title: 'Not as it is now' },
  'already-exists': { status: 409, title: 'Already there' },
  'failed-precondition': { status: 409, title: 'Not yet' },
  unavailable: { status: 503, title: 'Not just now' },
}

/** Status of a form that is shown again with what was wrong. */
export function statusOf(error: CodedError): number {
  return statuses[error.code]?.status ?? 500
}

export function errorPage(error: unknown, request: PageRequest): PageReply {
  const known = error instanceof CodedError ? statuses[error.code] : undefined
  if (error instanceof CodedError && known) {
    const message = error.code === 'not-found' ? notFoundText(request) : error.message
    return draw({ ...known, message, hint: error.hint })
  }
  const id = randomUUID()
  request.site.logger.error('page failed', {
    id,
    path: request.path.split('?', 1)[0],
    error: messageOf(error),
  })
  return draw({
    status: 500,
    title: 'Our fault',
    message: 'The hub has a problem of its own. Nothing that you did is wrong.',
    hint: html`Try again in a while. If it stays, tell who runs this hub about <code>${id}</code>`,
  })
}

/** The same for what is not there and what may not be seen. */
function notFoundText({ viewer }: PageRequest): string {
  return viewer.account
    ? 'There is nothing here, or it is private and not shared with you.'
    : 'There is nothing here, or it is private. If it is yours, sign in.'
}

function draw(shown: { status: number; title: string; message: string; hint: ComponentChildren }): PageReply {
  const { status, title, message, hint } = shown
  return page(
    title,
    html`<section class="stand-alone">
      <p class="eyebrow">${status}</p>
      <h1>${title}</h1>
      <p class="lead">${message}</p>
      ${hint && html`<p class="muted">${hint}</p>`}
      <p class="actions">
        <a class="button" href=${paths.home()}>Go to the start</a>
        <a class="button quiet" href=${paths.search()}>Search images</a>
      </p>
    </section>`,
    status,
  )
}
