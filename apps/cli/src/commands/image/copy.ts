import type { EngineClient } from '@berth/client'
import { copyImage } from '@berth/image-copy'
import { hostPlatform, parsePlatform, type Platform } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { listFlag, stringFlag, switchFlag } from '../../command/flag.ts'
import { interruptible } from '../../command/interruptible.ts'
import type { Io } from '../../command/io.ts'
import { openRegistry } from '../../registry/open-registry.ts'
import { copyProgress } from './copy/copy-progress.ts'
import { openSource, openTarget } from './copy/image-places.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] SOURCE DESTINATION',
  positional: { min: 2, max: 2 },
  flags: {
    all: switchFlag('Copy the images of all platforms', { shorthand: 'a' }),
    'insecure-registry': listFlag('Registries, by host or block, that may lack TLS or a good certificate'),
    platform: stringFlag('Copy the image of this platform, instead of that of this machine'),
    quiet: switchFlag('Print the digest alone', { shorthand: 'q' }),
  },
})

/** What was copied is told on stdout by its digest, for programs; how it goes, on stderr. */
export async function run(
  client: EngineClient,
  { flags, positional: [from = '', to = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const platform = wantedPlatform(flags, io)
  const progress = copyProgress(flags.quiet ? undefined : io.stderr)
  using interruption = interruptible(io)
  const { signal } = interruption
  await using registry = await openRegistry(io, { insecureRegistries: flags['insecure-registry'] })
  const places = { registry, client, folder: io.folder, signal, onRetry: progress.onRetry }
  await using source = await openSource(from, places)
  await using target = await openTarget(to, places)
  const copied = await copyImage(source, target, {
    ...(platform ? { platform, isPlatformRequired: flags.platform !== '' } : {}),
    signal,
    onProgress: progress.onProgress,
    onChosen: progress.onChosen,
  })
  io.stdout.write(`${copied.digest}\n`)
}

function wantedPlatform(
  { all, platform }: { all: boolean; platform: string },
  { env }: Pick<Io, 'env'>,
): Platform | undefined {
  if (all && platform !== '')
    throw new CodedError('invalid-argument', 'conflicting options: cannot specify both --all and --platform')
  if (all) return undefined
  const named = platform || env['DOCKER_DEFAULT_PLATFORM']
  return named ? parsePlatform(named) : hostPlatform()
}
