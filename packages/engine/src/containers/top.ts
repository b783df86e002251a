import type { ContainerTop } from '@berth/api'
import { cgroupProcesses, listProcesses } from '@berth/runtime'
import type { ContainerContext } from './container-context.ts'
import { containerEvent } from './record/container-events.ts'
import { isRunning } from './record/container-record.ts'
import { cgroupOf } from './process/container-spec.ts'
import { getContainer } from './record/find-container.ts'
import { notRunning } from './record/not-running.ts'

const defaultPsArgs = '-ef'

/** The processes of a running container, as the host's ps shows them. */
export async function topContainer(
  context: ContainerContext,
  nameOrId: string,
  psArgs: string,
): Promise<ContainerTop> {
  const record = getContainer(context.containers, nameOrId)
  if (!isRunning(record)) throw notRunning(record)
  const pids = await cgroupProcesses(cgroupOf(context, record))
  const words = (psArgs || defaultPsArgs).split(/\s+/).filter((word) => word !== '')
  const { titles, rows } = await listProcesses(pids, words)
  containerEvent(context.events, record, { action: 'top' })
  return { Titles: titles, Processes: rows }
}
