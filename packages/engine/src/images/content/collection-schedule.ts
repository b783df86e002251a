import { messageOf } from '@berth/stdx'
import { collectGarbage } from './collect-garbage.ts'
import type { ImageContext } from '../image-context.ts'

/** A start is busy enough; what a crash left behind can wait for a minute. */
const firstAfterMs = 60_000
const everyMs = 24 * 60 * 60_000

/** Collects what expired leases and interrupted work have left, soon after the start and then daily, until disposed. */
export function scheduleCollection(context: ImageContext): Disposable {
  let timer: NodeJS.Timeout
  const wait = (delayMs: number) => {
    timer = setTimeout(() => void collect(), delayMs).unref()
  }
  const collect = async () => {
    try {
      const freedBytes = await collectGarbage(context)
      context.logger.debug('Garbage was collected', { freedBytes })
    } catch (error) {
      context.logger.warn('Cannot collect garbage', { error: messageOf(error) })
    }
    wait(everyMs)
  }
  wait(firstAfterMs)
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}
