import type { IncomingHttpHeaders } from 'node:http'

/**
 * What Docker Hub says of its limit, in words to append: ` (100 pulls in 6 hours, 0 left, counted for 203.0.113.7)`; '' when
 * it says nothing. https://docs.docker.com/docker-hub/usage/pulls/#view-hourly-pull-rate-and-limit
 */
export function limitText(headers: IncomingHttpHeaders): string {
  const limit = readLimit(headers['ratelimit-limit'])
  if (!limit) return ''
  const left = readLimit(headers['ratelimit-remaining'])
  const source = String(headers['docker-ratelimit-source'] ?? '')
    .replace(/[^\w.:@-]/g, '')
    .slice(0, sourceLengthMax)
  const parts = [
    `${limit.count} pulls${limit.seconds === undefined ? '' : ` in ${spanText(limit.seconds)}`}`,
    ...(left ? [`${left.count} left`] : []),
    ...(source === '' ? [] : [`counted for ${source}`]),
  ]
  return ` (${parts.join(', ')})`
}

/** Whether it says that nothing is left of the limit. */
export const isUsedUp = (headers: IncomingHttpHeaders): boolean =>
  readLimit(headers['ratelimit-remaining'])?.count === 0

const sourceLengthMax = 100

/** `100;w=21600`: so many in a window of so many seconds. */
function readLimit(
  header: string | string[] | undefined,
): { count: number; seconds: number | undefined } | undefined {
  const [, count, seconds] = /^(\d{1,9})(?:;w=(\d{1,9}))?$/.exec(String(header ?? '')) ?? []
  return count === undefined
    ? undefined
    : { count: Number(count), seconds: seconds === undefined ? undefined : Number(seconds) }
}

function spanText(seconds: number): string {
  const hours = seconds / 3600
  if (Number.isInteger(hours)) return hours === 1 ? 'an hour' : `${hours} hours`
  return `${seconds} seconds`
}
