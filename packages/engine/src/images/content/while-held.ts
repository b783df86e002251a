import { messageOf, noSpaceError } from '@berth/stdx'
import { collectGarbage } from './collect-garbage.ts'
import type { Hold } from './hold.ts'
import type { ImageContext } from '../image-context.ts'

interface HoldOptions {
  /** What is done, as the error of a full disk names it: `pull busybox`. */
  action: string
  /** After which errors what has arrived stays until the lease expires, for another try to go on with. Default: none. */
  keepsAfter?: (error: unknown) => boolean
}

/** Runs what brings or makes images: what it holds is safe until it has recorded them. When it fails, nothing of it stays. */
export async function whileHeld<T>(
  context: ImageContext,
  { action, keepsAfter }: HoldOptions,
  make: (hold: Hold) => Promise<T>,
): Promise<T> {
  try {
    await using held = new AsyncDisposableStack()
    const lease = await context.content.createLease({ transient: keepsAfter === undefined })
    let isKept = false
    held.defer(() => (isKept ? undefined : lease[Symbol.asyncDispose]()))
    try {
      await context.failpoint('image.lease-created')
      return await make({ lease, holdLayers: (diffIds) => void held.use(context.layers.hold(diffIds)) })
    } catch (error) {
      isKept = keepsAfter?.(error) ?? false
      throw error
    }
  } catch (error) {
    const noSpace = noSpaceError(error, action)
    if (!keepsAfter?.(error)) await clearAway(context, noSpace !== undefined)
    throw noSpace ?? error
  }
}

/** A full disk is no time to keep what other interrupted pulls might go on with. */
async function clearAway(context: ImageContext, isDiskFull: boolean): Promise<void> {
  try {
    await collectGarbage(context, isDiskFull ? { ingestIdleMs: 0 } : {})
  } catch (error) {
    context.logger.warn('Cannot clear away what became no image', { error: messageOf(error) })
  }
}
