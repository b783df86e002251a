import { formatSize, type ContainerSummary, type DiskUsage } from '@berth/api'
import type { ListView } from './list-view.ts'

export interface DiskUsageRow {
  type: string
  total: number
  active: number
  sizeBytes: number
  reclaimableBytes: number
  /** Build cache has no share of what could be freed. */
  hasShare: boolean
}

export const diskUsageView: ListView<DiskUsageRow> = {
  name: '*formatter.diskUsageContext',
  fields: {
    Active: { header: 'ACTIVE', value: ({ active }) => String(active) },
    Reclaimable: { header: 'RECLAIMABLE', value: reclaimable },
    Size: { header: 'SIZE', value: ({ sizeBytes }) => formatSize(sizeBytes) },
    TotalCount: { header: 'TOTAL', value: ({ total }) => String(total) },
    Type: { header: 'TYPE', value: ({ type }) => type },
  },
  columns: ['Type', 'TotalCount', 'Active', 'Size', 'Reclaimable'],
  quietField: 'Type',
  raw: {
    quietLabel: 'type',
    lines: (value) => [
      `type: ${value('Type')}`,
      `total: ${value('TotalCount')}`,
      `active: ${value('Active')}`,
      `size: ${value('Size')}`,
      `reclaimable: ${value('Reclaimable')}`,
    ],
  },
}

/** What each kind of thing takes and what of it could be freed. */
export function diskUsageRows(usage: DiskUsage): DiskUsageRow[] {
  return [imagesRow(usage), containersRow(usage), volumesRow(usage), cacheRow(usage)]
}

function reclaimable({ reclaimableBytes, sizeBytes, hasShare }: DiskUsageRow): string {
  const share = hasShare && sizeBytes > 0 ? ` (${Math.trunc((reclaimableBytes * 100) / sizeBytes)}%)` : ''
  return formatSize(reclaimableBytes) + share
}

function imagesRow({ Images, LayersSize }: DiskUsage): DiskUsageRow {
  const images = Images ?? []
  const active = images.filter(({ Containers }) => Containers > 0)
  const used = active
    .filter(({ Size, SharedSize }) => Size !== -1 && SharedSize !== -1)
    .reduce((sum, { Size, SharedSize }) => sum + Size - SharedSize, 0)
  return {
    type: 'Images',
    total: images.length,
    active: active.length,
    sizeBytes: LayersSize,
    reclaimableBytes: LayersSize - used,
    hasShare: true,
  }
}

function containersRow({ Containers }: DiskUsage): DiskUsageRow {
  const containers = Containers ?? []
  const active = containers.filter(isActive)
  const total = (list: readonly ContainerSummary[]) => list.reduce((sum, { SizeRw = 0 }) => sum + SizeRw, 0)
  return {
    type: 'Containers',
    total: containers.length,
    active: active.length,
    sizeBytes: total(containers),
    reclaimableBytes: total(containers) - total(active),
    hasShare: true,
  }
}

function isActive({ State }: ContainerSummary): boolean {
  return ['running', 'paused', 'restarting'].includes(State)
}

function volumesRow({ Volumes }: DiskUsage): DiskUsageRow {
  const volumes = (Volumes ?? []).map(({ UsageData }) => UsageData ?? { Size: -1, RefCount: 0 })
  const total = (list: typeof volumes) => list.reduce((sum, { Size }) => sum + Math.max(0, Size), 0)
  return {
    type: 'Local Volumes',
    total: volumes.length,
    active: volumes.filter(({ RefCount }) => RefCount > 0).length,
    sizeBytes: total(volumes),
    reclaimableBytes: total(volumes.filter(({ RefCount }) => RefCount === 0)),
    hasShare: true,
  }
}

function cacheRow({ BuildCache }: DiskUsage): DiskUsageRow {
  const records = (BuildCache ?? []).filter(({ Shared }) => !Shared)
  const total = (list: typeof records) => list.reduce((sum, { Size }) => sum + Size, 0)
  return {
    type: 'Build Cache',
    total: BuildCache?.length ?? 0,
    active: BuildCache?.filter(({ InUse }) => InUse).length ?? 0,
    sizeBytes: total(records),
    reclaimableBytes: total(records.filter(({ InUse }) => !InUse)),
    hasShare: false,
  }
}
