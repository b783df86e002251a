import type { EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { completionScripts } from '../../command/completion-scripts.ts'
import { defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'

export const definition = defineCommand({
  usage: 'bash|zsh|fish',
  positional: { min: 1, max: 1 },
  flags: {},
})

export async function run(
  _client: EngineClient,
  { positional: [shell = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const script = completionScripts.get(shell)
  if (script === undefined) {
    const known = [...completionScripts.keys()].join(', ')
    throw new CodedError(
      'invalid-argument',
      `Cannot complete for ${JSON.stringify(shell)}: the shells are ${known}`,
    )
  }
  io.stdout.write(script)
}
