import { contentSteps } from '@berth/content'
import { imageSteps } from '@berth/engine'
import { snapshotSteps } from '@berth/snapshot'
import { armFailpoints, noFailpoint, type Failpoint, type Logger } from '@berth/stdx'

const steps = [...contentSteps, ...snapshotSteps, ...imageSteps]

/** What `BERTH_FAILPOINTS` says, for tests of crashes: each pass is logged, so that one run tells all steps of the next. */
export function openFailpoints(text: string | undefined, logger: Logger): Failpoint {
  if (text === undefined) return noFailpoint
  logger.warn('Failpoints are armed: this engine fails on purpose', { failpoints: text })
  return armFailpoints(text, { steps, onReached: (step, pass) => logger.info('Failpoint', { step, pass }) })
}
