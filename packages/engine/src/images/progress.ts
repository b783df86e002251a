import type { JsonMessage } from '@berth/api'
import { Channel } from '../channel.ts'

export type Report = (message: JsonMessage) => void

/** Messages that a slow client has not read yet; states are never dropped, byte counts are. */
const unreadMax = 1024

/** The messages of `work` while it runs; then its result is returned, or its error thrown. */
export async function* progressOf<T>(work: (report: Report) => Promise<T>): AsyncGenerator<JsonMessage, T> {
  const channel = new Channel<JsonMessage>({
    limit: unreadMax,
    isDroppable: (message) => message.progressDetail?.current !== undefined,
  })
  const result = work((message) => channel.push(message))
  result.then(
    () => channel.end(),
    (reason: unknown) => channel.end({ reason }),
  )
  yield* channel
  return result
}
