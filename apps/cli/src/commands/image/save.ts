import { saveImages, type EngineClient } from '@berth/client'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { stringFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { validPlatformJson } from '../../command/platform-json.ts'
import { platformsFlag } from '../../command/platforms-flag.ts'
import { writeArchive } from '../../command/write-archive.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  positional: { min: 1, max: anyNumber },
  flags: {
    output: stringFlag('Write to a file, instead of STDOUT', { shorthand: 'o' }),
    platform: platformsFlag('Save only the given platforms, formatted as "os[/arch[/variant]],..."', {
      since: '1.48',
    }),
  },
})

export async function run(
  client: EngineClient,
  { flags, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const platforms = flags.platform.flatMap((text) => validPlatformJson(text) ?? [])
  await writeArchive({ path: flags.output, failure: 'failed to save image' }, io, (signal) =>
    saveImages(client, positional, { platforms, signal }),
  )
}
