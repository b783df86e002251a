import { apiVersion } from '@berth/api'
import { getVersion, type EngineClient } from '@berth/client'
import { clientVersion } from '../../command/client-version.ts'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { objectFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { formatVersion } from '../../format/version-text.ts'
import { objectFormatter } from '../../format/format-object.ts'

export const definition = defineCommand({
  usage: '[OPTIONS]',
  positional: { min: 0, max: 0 },
  flags: { format: objectFormatFlag },
})

/** The client's half is shown also when there is no engine. */
export async function run(
  client: EngineClient,
  { flags }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const [engine] = await Promise.allSettled([readEngine(client)])
  const negotiated = engine.status === 'fulfilled' ? engine.value.apiVersion : apiVersion
  const own = { ...clientVersion(io.contextName), ApiVersion: negotiated }
  const server = engine.status === 'fulfilled' ? engine.value.version : null
  if (flags.format === '') io.stdout.write(await formatVersion(own, server))
  else {
    const format = await objectFormatter(flags.format)
    io.stdout.write(
      await format(
        { Client: own, Server: server },
        async () => (await import('../../template/docker-types/version-type.ts')).versionType,
      ),
    )
  }
  if (engine.status === 'rejected') throw engine.reason
}

async function readEngine(client: EngineClient) {
  return { apiVersion: await client.apiVersion(), version: await getVersion(client) }
}
