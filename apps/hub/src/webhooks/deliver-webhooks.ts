import { setTimeout as sleep } from 'node:timers/promises'
import type { DueDelivery, Webhooks } from '@berth/catalog'
import type { Logger } from '@berth/stdx'
import { untilDisposed } from '../operation/until-disposed.ts'
import { sendDelivery, type Outcome } from './send-delivery.ts'

/** What happens here is known at once; what another process wants delivered, or is due again, is seen this late. */
const intervalMs = 2000
const atOnceMax = 10

export interface DeliveringOptions {
  webhooks: Pick<Webhooks, 'takeDueDeliveries' | 'settleDelivery'>
  allowedNetworks: readonly string[]
  logger: Logger
}

/** Delivers what is due until disposed. Several processes may: each delivery is given to one of them. */
export function deliverWebhooks(options: DeliveringOptions): AsyncDisposable {
  return untilDisposed((signal) => deliverUntil(signal, options))
}

async function deliverUntil(signal: AbortSignal, options: DeliveringOptions): Promise<void> {
  const { webhooks, logger } = options
  while (!signal.aborted) {
    try {
      const due = await webhooks.takeDueDeliveries(atOnceMax)
      await Promise.all(due.map((delivery) => deliver(delivery, { ...options, signal })))
      // A full hand may not have been all.
      if (due.length < atOnceMax) await sleep(intervalMs, undefined, { signal })
    } catch (error) {
      if (signal.aborted) return
      logger.error('webhooks could not be delivered', { error })
      await sleep(intervalMs, undefined, { signal }).catch(() => {})
    }
  }
}

async function deliver(
  delivery: DueDelivery,
  { webhooks, allowedNetworks, logger, signal }: DeliveringOptions & { signal: AbortSignal },
): Promise<void> {
  const outcome: Outcome = await sendDelivery(delivery, { allowedNetworks, signal })
  // The URL may hold a secret of the receiver.
  logger.debug('webhook delivered', { id: delivery.id, attempt: delivery.attempt, ...outcome })
  await webhooks.settleDelivery(delivery.id, outcome)
}
