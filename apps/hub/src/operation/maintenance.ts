import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Registry } from '@berth/registry-server'
import type { Logger } from '@berth/stdx'
import type { TurnStore } from './turn-store.ts'
import { untilDisposed } from './until-disposed.ts'

const intervalMsDefault = 60 * 60 * 1000
/** A hub that says nothing for so long in the middle of its turn has ended. */
const turnMsDefault = 5 * 60 * 1000
/** Hubs that start together do not come together for ever. */
const jitter = 0.05

export interface MaintenanceOptions {
  registry: Pick<Registry, 'applyRetention' | 'collectGarbage' | 'scrub'>
  turns: TurnStore
  logger: Logger
  /** Default an hour. */
  intervalMs?: number
  /** Default five minutes. */
  turnMs?: number
}

/** Collects and scrubs while the hub serves, until disposed. Of all hubs on the same stores one does it each hour. */
export function startMaintenance(options: MaintenanceOptions): AsyncDisposable {
  return untilDisposed((signal) => maintain(options, signal))
}

async function maintain(options: MaintenanceOptions, signal: AbortSignal): Promise<void> {
  const { intervalMs = intervalMsDefault, logger } = options
  const holder = randomUUID()
  while (!signal.aborted) {
    try {
      await sleep(intervalMs * (1 + jitter * Math.random()), undefined, { signal })
      await takeTurn(options, holder, signal)
    } catch (error) {
      // The next turn comes; what failed now may work then.
      if (!signal.aborted) logger.error('maintenance failed', { error })
    }
  }
}

async function takeTurn(options: MaintenanceOptions, holder: string, signal: AbortSignal): Promise<void> {
  const { turns, intervalMs = intervalMsDefault, turnMs = turnMsDefault, logger } = options
  const startedAt = performance.now()
  const take = (forMs: number) => turns.take('maintenance', holder, forMs)
  if (!(await take(turnMs))) return
  const renewal = setInterval(() => {
    take(turnMs).catch((error: unknown) => logger.warn('cannot keep the turn', { error }))
  }, turnMs / 4)
  try {
    await maintainOnce(options, signal)
  } finally {
    clearInterval(renewal)
    // The others' turn is in an hour, however quick this was; at once when it was broken off.
    const restMs = intervalMs * (1 - jitter) - (performance.now() - startedAt)
    await take(signal.aborted ? 0 : Math.max(0, restMs))
  }
}

async function maintainOnce({ registry, logger }: MaintenanceOptions, signal: AbortSignal): Promise<void> {
  logger.info('applied retention', { ...(await registry.applyRetention({ signal })) })
  logger.info('collected garbage', { ...(await registry.collectGarbage({ signal })) })
  logger.info('scrubbed', { ...(await registry.scrub({ signal })) })
}
