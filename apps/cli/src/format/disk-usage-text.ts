import { formatSize, type BuildCacheRecord, type DiskUsage } from '@berth/api'
import { containerView } from './container-view.ts'
import { diskUsageRows } from './disk-usage-view.ts'
import { shortId } from './ellipsis.ts'
import { formatList } from './format-list.ts'
import { imageRows, type ImageRow } from './image-rows.ts'
import { imageView } from './image-view.ts'
import type { ListView } from './list-view.ts'
import { agoOf } from './ago.ts'
import { volumeView } from './volume-view.ts'

const table = { format: '' }

/** All that takes space, kind by kind. */
export async function formatDiskUsage(usage: DiskUsage, now: number): Promise<string> {
  const images = imageView({ isTruncated: true, withDigests: false, now })
  const containers = containerView({ isTruncated: true, withSize: true, now })
  // Here the image's share of a container is not shown: it is an image's above.
  const own = (usage.Containers ?? []).map((container) => ({ ...container, SizeRootFs: 0 }))
  const cacheBytes = diskUsageRows(usage).at(-1)?.sizeBytes ?? 0
  return [
    'Images space usage:\n',
    await formatList(firstRows(usage.Images), { ...images, columns: imageColumns }, table),
    'Containers space usage:\n',
    await formatList(own, { ...containers, columns: containerColumns }, table),
    'Local Volumes space usage:\n',
    await formatList(usage.Volumes ?? [], { ...volumeView, columns: volumeColumns }, table),
    `Build cache usage: ${formatSize(cacheBytes)}\n`,
    await formatList(usage.BuildCache ?? [], cacheView(now), table),
  ].join('\n')
}

/** An image takes its space once, whatever it is called: under its first name. */
export function firstRows(images: DiskUsage['Images']): ImageRow[] {
  return (images ?? []).flatMap((image) => imageRows([image], false).slice(0, 1))
}

const imageColumns = [
  'Repository',
  'Tag',
  'ID',
  'CreatedSince',
  'Size',
  'SharedSize',
  'UniqueSize',
  'Containers',
]
const containerColumns = ['ID', 'Image', 'Command', 'LocalVolumes', 'Size', 'RunningFor', 'Status', 'Names']
const volumeColumns = ['Name', 'Links', 'Size']

/** The build cache as `system df` shows it. */
export function cacheView(now: number): ListView<BuildCacheRecord> {
  return {
    name: '*formatter.buildCacheContext',
    fields: {
      CacheType: { header: 'CACHE TYPE', value: ({ Type }) => Type },
      CreatedSince: { header: 'CREATED', value: ({ CreatedAt }) => agoOf(CreatedAt, now) },
      ID: { header: 'CACHE ID', value: ({ ID, InUse }) => shortId(ID) + (InUse ? '*' : '') },
      LastUsedSince: {
        header: 'LAST USED',
        value: ({ LastUsedAt }) => (LastUsedAt ? agoOf(LastUsedAt, now) : ''),
      },
      Shared: { header: 'SHARED', value: ({ Shared }) => String(Shared) },
      Size: { header: 'SIZE', value: ({ Size }) => formatSize(Size, 3) },
      UsageCount: { header: 'USAGE', value: ({ UsageCount }) => String(UsageCount) },
    },
    columns: ['ID', 'CacheType', 'Size', 'CreatedSince', 'LastUsedSince', 'UsageCount', 'Shared'],
    quietField: 'ID',
  }
}
