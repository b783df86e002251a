import { removeContainer, type EngineClient } from '@berth/client'
import { isCoded } from '@berth/stdx'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { each } from '../each.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  positional: { min: 1, max: anyNumber },
  flags: {
    force: switchFlag('Force the removal of a running container (uses SIGKILL)', { shorthand: 'f' }),
    link: switchFlag('Remove the specified link', { shorthand: 'l' }),
    volumes: switchFlag('Remove anonymous volumes associated with the container', { shorthand: 'v' }),
  },
})

export async function run(
  client: EngineClient,
  { flags, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  await each(positional, { io }, async (text) => {
    const name = text.replace(/^\/+/, '')
    try {
      await removeContainer(client, name, flags)
      return text
    } catch (error) {
      if (!flags.force || !isCoded(error, 'not-found')) throw error
      // With --force a container that is not there is as good as removed; it is told, and no failure.
      io.stderr.write(`${error.message}\n`)
      return undefined
    }
  })
}
