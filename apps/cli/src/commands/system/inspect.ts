import type { EngineClient } from '@berth/client'
import { CodedError, isCoded } from '@berth/stdx'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { stringFlag, switchFlag } from '../../command/flag.ts'
import { objectFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { inspectedContainer } from '../container/inspected-container.ts'
import { inspectedImage } from '../image/inspected-image.ts'
import { inspectedNetwork } from '../network/inspected-network.ts'
import { printInspection, type Inspected } from '../print-inspection.ts'
import { inspectedVolume } from '../volume/inspected-volume.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] NAME|ID [NAME|ID...]',
  positional: { min: 1, max: anyNumber },
  flags: {
    format: objectFormatFlag,
    size: switchFlag('Display total file sizes if the type is container', { shorthand: 's' }),
    type: stringFlag('Only inspect objects of the given type'),
  },
})

type Finder = (client: EngineClient, name: string, size: boolean) => Promise<Inspected>

/** In the order in which a name is looked for. */
const finders: Readonly<Record<string, Finder>> = {
  container: inspectedContainer,
  image: (client, name) => inspectedImage(client, name),
  network: (client, name) => inspectedNetwork(client, name),
  volume: inspectedVolume,
}

export async function run(
  client: EngineClient,
  { flags: { format, size, type }, given, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const wanted = given.has('type') ? [[type, finderOf(type)] as const] : Object.entries(finders)
  await printInspection(positional, { io, format }, async (name) => {
    for (const [kind, find] of wanted) {
      try {
        const found = await find(client, name, size)
        if (size && kind !== 'container') io.stderr.write(`WARNING: --size ignored for ${kind}\n`)
        return found
      } catch (error) {
        if (given.has('type') || !isAbsent(error)) throw error
      }
    }
    throw new CodedError('not-found', `Error: No such object: ${name}`)
  })
}

function finderOf(type: string): Finder {
  const finder = finders[type]
  if (finder) return finder
  const kinds = 'must be one of "container", "image", "network", "volume"'
  throw new CodedError(
    'invalid-argument',
    type === '' ? `type is empty: ${kinds}` : `unknown type: ${JSON.stringify(type)}: ${kinds}`,
  )
}

/** Engines refuse a name that is no reference with 400 where another kind might have it. */
function isAbsent(error: unknown): boolean {
  return (
    isCoded(error, 'not-found') ||
    (isCoded(error, 'invalid-argument') && /invalid reference format/.test(error.message))
  )
}
