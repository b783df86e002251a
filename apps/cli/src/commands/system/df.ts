import type { DiskUsage } from '@berth/api'
import { getDiskUsage, type EngineClient } from '@berth/client'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import { listFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { formatDiskUsage } from '../../format/disk-usage-text.ts'
import { diskUsageRows, diskUsageView } from '../../format/disk-usage-view.ts'
import { formatList } from '../../format/format-list.ts'

export const definition = defineCommand({
  usage: '[OPTIONS]',
  positional: { min: 0, max: 0 },
  flags: {
    format: listFormatFlag,
    verbose: switchFlag('Show detailed information on space usage', { shorthand: 'v' }),
  },
})

export async function run(
  client: EngineClient,
  { flags }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const usage: DiskUsage = await getDiskUsage(client)
  io.stdout.write(await formatUsage(usage, flags, io.now()))
}

async function formatUsage(
  usage: DiskUsage,
  { format, verbose }: { format: string; verbose: boolean },
  now: number,
): Promise<string> {
  if (!verbose) return formatList(diskUsageRows(usage), diskUsageView, { format })
  if (format === '' || format === 'table') return formatDiskUsage(usage, now)
  const { formatDiskUsageDetails } = await import('../../format/disk-usage-details.ts')
  return formatDiskUsageDetails(usage, { format, now })
}
