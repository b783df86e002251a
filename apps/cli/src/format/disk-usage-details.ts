import type { DiskUsage } from '@berth/api'
import { sliceOf } from '../template/go-type.ts'
import { goValue } from '../template/go-value.ts'
import { parseTemplate } from '../template/render-template.ts'
import { containerView } from './container-view.ts'
import { cacheView, firstRows } from './disk-usage-text.ts'
import { formatList, sortedRecord } from './format-list.ts'
import { goJson } from './go-json.ts'
import { imageView } from './image-view.ts'
import { typeOf } from './list-template.ts'
import type { ListView } from './list-view.ts'
import { templateFailure } from './template-failure.ts'
import { volumeView } from './volume-view.ts'

interface Kind {
  field: string
  /** Before each item in the raw format. */
  label: string
  view: ListView<never>
  items: readonly unknown[]
}

/** All that takes space, each thing whole, as JSON, raw, or by a template over lists of all kinds. */
export async function formatDiskUsageDetails(
  usage: DiskUsage,
  { format, now }: { format: string; now: number },
): Promise<string> {
  const kinds = kindsOf(usage, now)
  if (format === 'raw') return formatRaw(kinds)
  const lists = kinds.map(({ field, view, items }) => [
    field,
    items.map((item) => sortedRecord(view, item as never)),
  ])
  const record = Object.fromEntries(lists) as Record<string, Record<string, string>[]>
  return format === 'json' ? goJson(record) : renderLists(kinds, record, format)
}

function kindsOf({ Images, Containers, Volumes, BuildCache }: DiskUsage, now: number): Kind[] {
  const images = imageView({ isTruncated: false, withDigests: true, now })
  const containers = containerView({ isTruncated: false, withSize: true, now })
  const rows = firstRows(Images).map((row) => ({ ...row, digest: '' }))
  const own = (Containers ?? []).map((container) => ({ ...container, SizeRootFs: 0 }))
  return [
    { field: 'Images', label: 'Image', view: images, items: rows },
    { field: 'Containers', label: 'Container', view: containers, items: own },
    { field: 'Volumes', label: 'Volume', view: volumeView, items: Volumes ?? [] },
    { field: 'BuildCache', label: 'Build Cache', view: cacheView(now), items: BuildCache ?? [] },
  ]
}

async function formatRaw(kinds: readonly Kind[]): Promise<string> {
  const texts = kinds.flatMap(({ label, view, items }) =>
    items.map(
      async (item) => `type: ${label}\n${await formatList([item as never], view, { format: 'raw' })}`,
    ),
  )
  return (await Promise.all(texts)).join('')
}

function renderLists(kinds: readonly Kind[], record: object, format: string): string {
  const type = {
    kind: 'struct',
    name: '*formatter.diskUsageContext',
    fields: kinds.map(({ field, view }) => ({
      name: field,
      type: sliceOf({ kind: 'pointer', element: typeOf({ ...view, methods: {} }, undefined as never) }),
      jsonName: field,
      omitEmpty: false,
      embedded: false,
    })),
    methods: {},
  } as const
  return templateFailure('', () => parseTemplate(format).render(goValue(type, record)))
}
