import { isCoded, type CodedError } from '@berth/stdx'
import type { PageReply, Reply } from '../http/page-request.ts'
import { Notice } from '../ui/notice.ts'
import { statusOf } from './error-page.ts'

/** What was sent in a form and why it would not do, to show both again. */
export interface Refused {
  form: URLSearchParams
  error: CodedError
}

const aboutForms = [
  'invalid-argument',
  'already-exists',
  'failed-precondition',
  'conflict',
  'not-found',
  'forbidden',
  'unavailable',
] as const

/**
 * Does what a form asks for, or shows the form again with what was wrong. When what the page is about is not there or not
 * seen, `again` cannot show it either, and says so.
 */
export async function submitted(
  form: URLSearchParams,
  { act, again }: { act: () => Promise<Reply>; again: (refused: Refused) => Promise<PageReply> | PageReply },
): Promise<Reply> {
  try {
    return await act()
  } catch (error) {
    if (!isCoded(error, ...aboutForms)) throw error
    const retryAfterMs = retryAfterMsOf(error)
    const status = retryAfterMs === undefined ? statusOf(error) : 429
    return { ...(await again({ form, error })), status, retryAfterMs }
  }
}

/** Limits say when there is room again. */
function retryAfterMsOf(error: CodedError): number | undefined {
  const { retryAfterMs } = error as { retryAfterMs?: unknown }
  return typeof retryAfterMs === 'number' ? retryAfterMs : undefined
}

export function RefusedNotice(refused: Refused | undefined) {
  return refused && Notice({ kind: 'bad', text: refused.error.message, hint: refused.error.hint })
}
