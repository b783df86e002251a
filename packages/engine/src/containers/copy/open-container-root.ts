import { CodedError } from '@berth/stdx'
import { awaitExit } from '../lifecycle/await-exit.ts'
import type { ContainerContext } from '../container-context.ts'
import { isRunning } from '../record/container-record.ts'
import { getContainer } from '../record/find-container.ts'
import type { ContainerRoot } from './container-root.ts'
import { openRunningRoot } from './running-root.ts'
import { openStoppedRoot } from './stopped-root.ts'

/** Opens the root of a container, as its processes see it or would see it. One that does not run cannot be started meanwhile. */
export async function openContainerRoot(
  context: ContainerContext,
  id: string,
  { signal }: { signal: AbortSignal },
): Promise<ContainerRoot> {
  for (;;) {
    const record = getContainer(context.containers, id)
    if (!isRunning(record)) {
      const root = await openStoppedRoot(context, id)
      if (root) return root
      continue
    }
    const root = openRunningRoot(context, record)
    if (root) return root
    if (!(await awaitExit(context, id, signal)))
      throw new CodedError(
        'conflict',
        `Cannot reach the files of container ${id}: its process has left its root`,
      )
  }
}
