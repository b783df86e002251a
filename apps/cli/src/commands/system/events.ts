import type { EventMessage } from '@berth/api'
import { watchEvents, type EngineClient } from '@berth/client'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { filterFlag } from '../../command/filter-flag.ts'
import { stringFlag } from '../../command/flag.ts'
import { objectFormat } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { parseTimestamp } from '../../command/timestamp.ts'
import { objectFormatter } from '../../format/format-object.ts'
import { rfc3339Nano } from '../../format/go-time.ts'

export const definition = defineCommand({
  usage: '[OPTIONS]',
  positional: { min: 0, max: 0 },
  flags: {
    filter: filterFlag,
    format: stringFlag(objectFormat),
    since: stringFlag('Show all events created since timestamp'),
    until: stringFlag('Stream events until this timestamp'),
  },
})

export async function run(
  client: EngineClient,
  { flags }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const since = parseTimestamp(flags.since, io.now())
  const until = parseTimestamp(flags.until, io.now())
  const times = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) }
  const format = flags.format === '' ? formatEvent : await objectFormatter(flags.format)
  for await (const event of watchEvents(client, { ...times, filters: flags.filter })) {
    io.stdout.write(await format(event))
  }
}

function formatEvent({ Type, Action, Actor, timeNano }: EventMessage): string {
  const attributes = Object.keys(Actor.Attributes)
    .sort()
    .map((key) => `${key}=${Actor.Attributes[key]}`)
  const shown = attributes.length === 0 ? '' : ` (${attributes.join(', ')})`
  return `${rfc3339Nano(BigInt(timeNano))} ${Type} ${Action} ${Actor.ID}${shown}\n`
}
