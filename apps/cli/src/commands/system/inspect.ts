import {
  inspectContainer,
  inspectImage,
  inspectNetwork,
  inspectVolume,
  type EngineClient,
} from '@berth/client'
import { CodedError, isCoded } from '@berth/stdx'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { stringFlag, switchFlag } from '../../command/flag.ts'
import { objectFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { printInspection } from '../print-inspection.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] NAME|ID [NAME|ID...]',
  positional: { min: 1, max: anyNumber },
  flags: {
    format: objectFormatFlag,
    size: switchFlag('Display total file sizes if the type is container', { shorthand: 's' }),
    type: stringFlag('Only inspect objects of the given type'),
  },
})

type Finder = (client: EngineClient, name: string, options: { size: boolean }) => Promise<unknown>

/** In the order in which a name is looked for. */
const finders: Readonly<Record<string, Finder>> = {
  container: inspectContainer,
  image: (client, name) => inspectImage(client, name),
  network: (client, name) => inspectNetwork(client, name),
  volume: (client, name) => inspectVolume(client, name),
}

export async function run(
  client: EngineClient,
  { flags: { format, size, type }, given, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  if (given.has('type') && !finders[type]) {
    throw new CodedError(
      'invalid-argument',
      type === ''
        ? 'type is empty: must be one of "container", "image", "network", "volume"'
        : `unknown type: ${JSON.stringify(type)}: must be one of "container", "image", "network", "volume"`,
    )
  }
  const wanted = type === '' ? Object.values(finders) : [finders[type]]
  await printInspection(positional, { io, format }, async (name) => {
    for (const find of wanted) {
      try {
        return await find?.(client, name, { size })
      } catch (error) {
        if (type !== '' || !isAbsent(error)) throw error
      }
    }
    throw new CodedError('not-found', `Error: No such object: ${name}`)
  })
}

/** Engines refuse a name that is no reference with 400 where another kind might have it. */
function isAbsent(error: unknown): boolean {
  return (
    isCoded(error, 'not-found') ||
    (isCoded(error, 'invalid-argument') && /invalid reference format/.test(error.message))
  )
}
