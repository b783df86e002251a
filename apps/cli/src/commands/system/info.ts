import type { Info } from '@berth/api'
import { getInfo, type EngineClient } from '@berth/client'
import { messageOf } from '@berth/stdx'
import { clientVersion } from '../../command/client-version.ts'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { objectFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { objectFormatter } from '../../format/format-object.ts'
import { formatClientInfo, formatServerInfo, type ClientInfo } from '../../format/info-text.ts'

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
  const own: ClientInfo = { Debug: false, ...clientVersion(io.contextName), Plugins: [], Warnings: null }
  const [engine] = await Promise.allSettled([getInfo(client)])
  if (flags.format !== '') return formatted(own, engine, { io, format: flags.format })
  io.stdout.write(formatClientInfo(own))
  if (engine.status === 'rejected') throw engine.reason
  io.stdout.write(formatServerInfo(engine.value))
  for (const warning of engine.value.Warnings ?? []) io.stderr.write(`${warning}\n`)
}

async function formatted(
  own: ClientInfo,
  engine: PromiseSettledResult<Info>,
  { io, format }: { io: Io; format: string },
): Promise<void> {
  const server = engine.status === 'fulfilled' ? engine.value : { ServerErrors: [messageOf(engine.reason)] }
  const formatOne = await objectFormatter(format)
  io.stdout.write(await formatOne({ ...server, ClientInfo: own }, loadInfoType))
  if (engine.status === 'rejected') throw engine.reason
}

async function loadInfoType() {
  return (await import('../../template/docker-types/info-type.ts')).infoType
}
