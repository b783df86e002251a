import type { RestartPolicy } from '@berth/api'
import { CodedError } from '@berth/stdx'

/** `on-failure:3` and the like. Whether the name is known is the engine's to say. */
export function parseRestartPolicy(text: string): RestartPolicy {
  if (text === '') return { Name: '', MaximumRetryCount: 0 }
  const [name = '', count, ...rest] = text.split(':')
  if (name === '') throw invalid('no policy provided before colon')
  if (rest.length > 0) throw invalid('maximum retry count must be an integer')
  if (count !== undefined && !/^\d+$/.test(count)) {
    throw invalid('maximum retry count must be an integer')
  }
  return { Name: name as RestartPolicy['Name'], MaximumRetryCount: Number(count ?? 0) }
}

function invalid(why: string): CodedError {
  return new CodedError('invalid-argument', `invalid restart policy format: ${why}`)
}
