import { formatBinarySize, formatSize, type BlkioEntry, type ContainerStats } from '@berth/api'
import { shortId } from './ellipsis.ts'
import type { ListView } from './list-view.ts'

/** A container by the name it was asked for, and its last sample if it gave one. */
export interface StatsRow {
  container: string
  stats?: ContainerStats
}

const unknown = '--'

/** Resource use as `stats` shows it. */
export function statsView({ isTruncated }: { isTruncated: boolean }): ListView<StatsRow> {
  const field = (header: string, value: (stats: ContainerStats) => string) => ({
    header,
    value: ({ stats }: StatsRow) => (stats ? value(stats) : unknown),
  })
  return {
    name: '*container.statsContext',
    fields: {
      BlockIO: field('BLOCK I/O', blockIo),
      CPUPerc: field('CPU %', (stats) => percent(cpuPercent(stats))),
      Container: { header: 'CONTAINER', value: ({ container }) => container },
      ID: field('CONTAINER ID', ({ id = '' }) => (isTruncated ? shortId(id) : id)),
      MemPerc: field('MEM %', (stats) => percent(memoryPercent(stats))),
      MemUsage: field('MEM USAGE / LIMIT', memoryUse),
      Name: field('NAME', ({ name = '' }) => name.replace(/^\//, '')),
      NetIO: field('NET I/O', networkIo),
      PIDs: field('PIDS', ({ pids_stats: { current = 0 } }) => String(current)),
    },
    columns: ['ID', 'Name', 'CPUPerc', 'MemUsage', 'MemPerc', 'NetIO', 'BlockIO', 'PIDs'],
    quietField: 'ID',
  }
}

function percent(value: number): string {
  return `${value.toFixed(2)}%`
}

/** Of one processor: two busy ones are 200%. */
function cpuPercent({ cpu_stats: now, precpu_stats: before }: ContainerStats): number {
  const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage
  const passed = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0)
  const cpus = now.online_cpus || now.cpu_usage.percpu_usage?.length || 0
  return used > 0 && passed > 0 ? (used / passed) * cpus * 100 : 0
}

/** What could not be given back: usage without the page cache, which cgroup v1 and v2 name differently. */
function memoryBytes({ memory_stats: { usage = 0, stats = {} } }: ContainerStats): number {
  const inactive = stats['total_inactive_file'] ?? stats['inactive_file'] ?? 0
  return inactive < usage ? usage - inactive : usage
}

function memoryPercent(stats: ContainerStats): number {
  const { limit = 0 } = stats.memory_stats
  return limit === 0 ? 0 : (memoryBytes(stats) / limit) * 100
}

function memoryUse(stats: ContainerStats): string {
  return `${formatBinarySize(memoryBytes(stats))} / ${formatBinarySize(stats.memory_stats.limit ?? 0)}`
}

function networkIo({ networks = {} }: ContainerStats): string {
  const all = Object.values(networks)
  const received = all.reduce((sum, { rx_bytes }) => sum + rx_bytes, 0)
  const sent = all.reduce((sum, { tx_bytes }) => sum + tx_bytes, 0)
  return `${formatSize(received, 3)} / ${formatSize(sent, 3)}`
}

function blockIo({ blkio_stats: { io_service_bytes_recursive: entries } }: ContainerStats): string {
  return `${formatSize(total(entries, 'r'), 3)} / ${formatSize(total(entries, 'w'), 3)}`
}

function total(entries: readonly BlkioEntry[] | null, initial: string): number {
  const matching = (entries ?? []).filter(({ op }) => op.toLowerCase().startsWith(initial))
  return matching.reduce((sum, { value }) => sum + value, 0)
}
