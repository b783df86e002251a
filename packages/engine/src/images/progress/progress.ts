import type { JsonMessage } from '@berth/api'
import { Channel } from '../../channel.ts'

export type Report = (message: JsonMessage) => void

/** Messages that a slow client has not read yet; states are never dropped, byte counts are. */
const unreadMax = 1024

/** More often than this nobody reads how far a thing is. */
const progressEveryMs = 100

/** The messages of `work` while it runs; then its result is returned, or its error thrown. */
export async function* progressOf<T>(work: (report: Report) => Promise<T>): AsyncGenerator<JsonMessage, T> {
  const channel = new Channel<JsonMessage>({
    limit: unreadMax,
    isDroppable: (message) => message.progressDetail?.current !== undefined,
  })
  const isWorthTelling = progressPace()
  const result = work((message) => {
    if (isWorthTelling(message)) channel.push(message)
  })
  result.then(
    () => channel.end(),
    (reason: unknown) => channel.end({ reason }),
  )
  yield* channel
  return result
}

/** How far a thing is is told some times a second; that it is in another state, or done, always. */
function progressPace(): (message: JsonMessage) => boolean {
  const told = new Map<string | undefined, { status: string | undefined; atMs: number }>()
  return ({ id, status, progressDetail }) => {
    const { current, total } = progressDetail ?? {}
    const last = told.get(id)
    const now = performance.now()
    const isSame = last?.status === status && now - (last?.atMs ?? 0) < progressEveryMs
    if (current !== undefined && current !== total && isSame) return false
    told.set(id, { status, atMs: now })
    return true
  }
}
