import { isCoded } from '@berth/stdx'

/**
 * True when a pull ended for now, because its client left or a line or a registry was down: what has arrived is good, and
 * the next try goes on with it.
 */
export const isInterruption = (reason: unknown): boolean => isCoded(reason, 'cancelled', 'unavailable')
