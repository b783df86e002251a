import { removeImage, type EngineClient } from '@berth/client'
import { isCoded } from '@berth/stdx'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { platformJson } from '../../command/platform-json.ts'
import { platformsFlag } from '../../command/platforms-flag.ts'
import { each } from '../each.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  positional: { min: 1, max: anyNumber },
  flags: {
    force: switchFlag('Force removal of the image', { shorthand: 'f' }),
    'no-prune': switchFlag('Do not delete untagged parents'),
    platform: platformsFlag('Remove only the given platform variant, formatted as "os[/arch[/variant]]"', {
      since: '1.50',
    }),
  },
})

export async function run(
  client: EngineClient,
  { flags, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const platforms = flags.platform.map((text) => platformJson(text) ?? '')
  await each(positional, { io }, async (name) => {
    try {
      const items = await removeImage(client, name, {
        force: flags.force,
        noPrune: flags['no-prune'],
        platforms,
      })
      return items
        .map(({ Untagged, Deleted }) => (Deleted ? `Deleted: ${Deleted}` : `Untagged: ${Untagged ?? ''}`))
        .join('\n')
    } catch (error) {
      if (!flags.force || !isCoded(error, 'not-found')) throw error
      // With --force an image that is not there is as good as removed; it is told, and no failure.
      io.stderr.write(`${error.message}\n`)
      return undefined
    }
  })
}
