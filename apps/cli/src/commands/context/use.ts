import type { EngineClient } from '@berth/client'
import { defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'
import { chooseContext } from '../../contexts/choose-context.ts'
import { checkContextName } from '../../contexts/context-name.ts'
import { contextStore } from '../../contexts/context-store.ts'
import { defaultContextName } from '../../contexts/stored-context.ts'

export const definition = defineCommand({
  usage: 'CONTEXT',
  isOffline: true,
  positional: { min: 1, max: 1 },
  flags: {},
})

export async function run(
  _client: EngineClient,
  { positional: [name = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  if (name !== defaultContextName) {
    checkContextName(name)
    await contextStore(io.config).get(name)
  }
  const { currentContext = defaultContextName } = io.config
  if (name !== currentContext) await chooseContext(name, io.config)
  io.stdout.write(`${name}\n`)
  io.stderr.write(`Current context is now "${name}"\n`)
  if (name !== defaultContextName && io.env['DOCKER_HOST']) {
    io.stderr.write(
      `Warning: DOCKER_HOST environment variable overrides the active context. To use "${name}", ` +
        'either set the global --context flag, or unset DOCKER_HOST environment variable.\n',
    )
  }
}
