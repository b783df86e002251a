import type { ContainerStats } from '@berth/api'
import { listContainers, watchContainerStats, type EngineClient } from '@berth/client'
import { setTimeout as delay } from 'node:timers/promises'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import { listFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { formatList } from '../../format/format-list.ts'
import { statsView, type StatsRow } from '../../format/stats-view.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] [CONTAINER...]',
  positional: { min: 0, max: anyNumber },
  flags: {
    all: switchFlag('Show all containers (default shows just running)', { shorthand: 'a' }),
    format: listFormatFlag,
    'no-stream': switchFlag('Disable streaming stats and only pull the first result'),
    'no-trunc': switchFlag('Do not truncate output'),
  },
})

const intervalMs = 500
const clearScreen = '\x1b[2J\x1b[H'
const home = '\x1b[H'
const clearToEndOfLine = '\x1b[K'
const clearBelow = '\x1b[J'

type StatsArguments = Arguments<typeof definition>

export async function run(client: EngineClient, args: StatsArguments, io: Io): Promise<void> {
  const { flags, positional } = args
  const names =
    positional.length > 0
      ? positional
      : (await listContainers(client, { all: flags.all })).map(({ Id }) => Id)
  const show = shower(args, io)
  if (flags['no-stream']) {
    const rows = await Promise.all(
      names.map(async (container) => rowOf(container, await firstSample(client, container))),
    )
    return show(rows)
  }
  const latest = new Map<string, ContainerStats>()
  const watchers = names.map((name) => watch(client, name, latest))
  if (io.stdout.isTTY) io.stdout.write(clearScreen)
  await Promise.race([
    Promise.all(watchers),
    showForever(() => show(names.map((name) => rowOf(name, latest.get(name))))),
  ])
}

function rowOf(container: string, stats: ContainerStats | undefined): StatsRow {
  return stats ? { container, stats } : { container }
}

async function firstSample(client: EngineClient, name: string): Promise<ContainerStats | undefined> {
  for await (const sample of watchContainerStats(client, name, { once: true })) return sample
  return undefined
}

async function watch(client: EngineClient, name: string, latest: Map<string, ContainerStats>): Promise<void> {
  for await (const sample of watchContainerStats(client, name)) latest.set(name, sample)
  latest.delete(name)
}

async function showForever(show: () => Promise<void>): Promise<never> {
  for (;;) {
    await delay(intervalMs)
    await show()
  }
}

/** On a terminal the table is drawn over the last one, without a flicker. */
function shower({ flags }: StatsArguments, io: Io): (rows: readonly StatsRow[]) => Promise<void> {
  const view = statsView({ isTruncated: !flags['no-trunc'] })
  const isDrawn = Boolean(io.stdout.isTTY) && !flags['no-stream']
  return async (rows) => {
    const text = await formatList(rows, view, { format: flags.format || (io.config.statsFormat ?? '') })
    io.stdout.write(isDrawn ? home + text.replaceAll('\n', `${clearToEndOfLine}\n`) + clearBelow : text)
  }
}
