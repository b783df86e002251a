import { CodedError } from '@berth/stdx'
import type { ContainerContext } from './container-context.ts'
import { containerEvent } from './record/container-events.ts'
import { checkName } from './config/container-name.ts'
import { getContainer } from './record/find-container.ts'

export async function renameContainer(
  context: ContainerContext,
  nameOrId: string,
  newName: string,
): Promise<void> {
  const { id } = getContainer(context.containers, nameOrId)
  if (newName === '') throw new CodedError('invalid-argument', 'Neither old nor new names may be empty')
  const name = checkName(newName)
  await context.mutex.run(id, async () => {
    const record = getContainer(context.containers, id)
    if (record.name === name) {
      throw new CodedError('invalid-argument', 'Renaming a container with the same name as its current name')
    }
    await context.mutex.run(`name ${name}`, () => {
      assertNameIsFree(context, name)
      context.containers.save({ ...record, name })
      return Promise.resolve()
    })
    containerEvent(
      context.events,
      { ...record, name },
      { action: 'rename', attributes: { oldName: `/${record.name}` } },
    )
  })
}

/** For callers that hold the mutex of the name. */
export function assertNameIsFree(context: Pick<ContainerContext, 'containers'>, name: string): void {
  const taken = context.containers.findByName(name)
  if (!taken) return
  throw new CodedError(
    'conflict',
    `Conflict. The container name "/${name}" is already in use by container "${taken.id}". You have to remove (or rename) that container to be able to reuse that name.`,
  )
}
