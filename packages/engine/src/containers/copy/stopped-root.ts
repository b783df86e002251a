import { CodedError } from '@berth/stdx'
import { openFlags } from '@berth/syscalls'
import { closeSync, constants, openSync } from 'node:fs'
import { checkBindSources } from '../config/bind-sources.ts'
import type { ContainerContext } from '../container-context.ts'
import { mountRootfs, unmountRootfs } from '../process/container-files.ts'
import { isRunning } from '../record/container-record.ts'
import { getContainer } from '../record/find-container.ts'
import { attachBinds } from './attach-binds.ts'
import type { ContainerRoot } from './container-root.ts'

/**
 * The root of a container that does not run, mounted until it is disposed, with the folders of the host that it would
 * have; nothing else changes its state meanwhile. Undefined when it was started before.
 */
export async function openStoppedRoot(
  context: ContainerContext,
  id: string,
): Promise<ContainerRoot | undefined> {
  await using stack = new AsyncDisposableStack()
  stack.use(await context.mutex.acquire(id))
  const record = getContainer(context.containers, id)
  if (isRunning(record)) return undefined
  const { status } = record.state
  if (status === 'removing' || status === 'dead')
    throw new CodedError('conflict', `container ${id} is being removed`)
  await checkBindSources(record.hostConfig)
  stack.defer(() => unmountRootfs(context, id))
  const path = await mountRootfs(context, id)
  const fd = stack.adopt(openSync(path, openFlags.path | constants.O_DIRECTORY), closeSync)
  stack.use(attachBinds(context.kernel, fd, record.hostConfig))
  const owned = stack.move()
  return { fd, isRunning: false, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
