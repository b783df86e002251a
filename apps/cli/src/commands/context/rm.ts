import type { EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { chooseContext } from '../../contexts/choose-context.ts'
import { contextStore } from '../../contexts/context-store.ts'
import { defaultContextName } from '../../contexts/stored-context.ts'
import { each } from '../each.ts'

export const definition = defineCommand({
  usage: 'CONTEXT [CONTEXT...]',
  isOffline: true,
  positional: { min: 1, max: anyNumber },
  flags: { force: switchFlag('Force the removal of a context in use', { shorthand: 'f' }) },
})

export async function run(
  _client: EngineClient,
  { flags, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const store = contextStore(io.config)
  await each(positional, { io }, async (name) => {
    if (name === defaultContextName)
      throw new CodedError('invalid-argument', 'context "default" cannot be removed')
    if (name === io.contextName && !flags.force) {
      throw new CodedError('conflict', `context "${name}" is in use, set -f flag to force remove`)
    }
    if (!flags.force && !(await store.has(name)))
      throw new CodedError('not-found', `context "${name}" does not exist`)
    if (name === io.config.currentContext) await chooseContext(defaultContextName, io.config)
    await store.delete(name)
    return name
  })
}
