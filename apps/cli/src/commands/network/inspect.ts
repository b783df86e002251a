import type { EngineClient } from '@berth/client'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import { objectFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { printInspection } from '../print-inspection.ts'
import { inspectedNetwork } from './inspected-network.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] NETWORK [NETWORK...]',
  positional: { min: 1, max: anyNumber },
  flags: {
    format: objectFormatFlag,
    verbose: switchFlag('Verbose output for diagnostics', { shorthand: 'v' }),
  },
})

export async function run(
  client: EngineClient,
  { flags, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  await printInspection(positional, { io, format: flags.format }, (name) =>
    inspectedNetwork(client, name, flags.verbose),
  )
}
