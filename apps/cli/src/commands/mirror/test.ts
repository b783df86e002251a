import type { EngineClient } from '@berth/client'
import { hostPlatform, parseReference, withDefaultTag, type Reference } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { resolve } from 'node:path'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { listFlag, stringFlag } from '../../command/flag.ts'
import { listFormatFlag } from '../../command/format-flag.ts'
import { interruptible } from '../../command/interruptible.ts'
import type { Io } from '../../command/io.ts'
import { formatList } from '../../format/format-list.ts'
import { measureView } from '../../format/measure-view.ts'
import { hubRegistry, openMirrorFile } from '../../mirrors/mirror-file.ts'
import { rankMeasures } from '../../mirrors/rank-measures.ts'
import { openRegistry } from '../../registry/open-registry.ts'
import { mirroredRegistry, mirrorFlags } from './mirror-flags.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] [URL...]',
  positional: { min: 0, max: anyNumber },
  flags: {
    ...mirrorFlags,
    format: listFormatFlag,
    image: stringFlag('The image to measure with (for Docker Hub debian:stable-slim)'),
    'insecure-registry': listFlag('Registries, by host or block, that may lack TLS or a good certificate'),
  },
})

/** Of each source so much of a layer is fetched, and for so long. */
const limits = { bytesMax: 16 * 1024 * 1024, durationMaxMs: 5_000 }

/** Measures from here, without the engine. The status is 1 when nobody has the image. */
export async function run(
  _client: EngineClient,
  { flags, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<number> {
  const registry = mirroredRegistry(flags)
  const reference = measuredImage(registry, flags.image)
  const written = await openMirrorFile(registry, resolve(io.folder, flags['config-file']))
  // What a hosts.toml says of its hosts, the client of registries knows itself.
  const known = written.isReadOnce ? { mirrors: written.mirrors } : {}
  const asked = positional.length > 0 ? { mirrors: positional } : known
  using interruption = interruptible(io)
  const { signal } = interruption
  await using client = await openRegistry(io, { insecureRegistries: flags['insecure-registry'] })
  const options = { ...limits, ...asked, platform: hostPlatform(), signal }
  const measures = rankMeasures(await Array.fromAsync(client.measure(reference, options)))
  io.stdout.write(await formatList(measures, measureView, { format: flags.format }))
  const fastest = measures.find(({ isFastest }) => isFastest)
  if (flags.format === '' && fastest) io.stdout.write(`\nThe fastest is ${fastest.url}\n`)
  return fastest ? 0 : 1
}

function measuredImage(registry: string, image: string): Reference {
  if (image === '' && registry !== hubRegistry)
    throw new CodedError(
      'invalid-argument',
      `Cannot measure mirrors of ${registry}: say with --image what they have`,
    )
  const name = image || 'debian:stable-slim'
  const hasRegistry = name.startsWith(`${registry}/`) || registry === hubRegistry
  return withDefaultTag(parseReference(hasRegistry ? name : `${registry}/${name}`))
}
