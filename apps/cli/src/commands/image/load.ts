import { loadImages, type EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { stringFlag, switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { openInput } from '../../command/open-input.ts'
import { validPlatformJson } from '../../command/platform-json.ts'
import { platformsFlag } from '../../command/platforms-flag.ts'
import { showProgress } from '../../terminal/show-progress.ts'

export const definition = defineCommand({
  usage: '[OPTIONS]',
  positional: { min: 0, max: 0 },
  flags: {
    input: stringFlag('Read from tar archive file, instead of STDIN', { shorthand: 'i' }),
    platform: platformsFlag('Load only the given platforms, formatted as "os[/arch[/variant]],..."', {
      since: '1.48',
    }),
    quiet: switchFlag('Suppress the load output', { shorthand: 'q' }),
  },
})

export async function run(
  client: EngineClient,
  { flags }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const platforms = flags.platform.flatMap((text) => validPlatformJson(text) ?? [])
  if (flags.input === '' && io.stdin.isTTY) {
    throw new CodedError('invalid-argument', 'requested load from stdin, but stdin is empty', {
      hint: "Name an archive with --input, or pipe one in: 'berth load < images.tar'.",
    })
  }
  const archive = flags.input === '' ? io.stdin : await openInput(flags.input, io)
  const quiet = flags.quiet || !io.stdout.isTTY
  await showProgress(loadImages(client, archive, { platforms, quiet }), io.stdout)
}
