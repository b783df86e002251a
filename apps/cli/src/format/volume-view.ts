import { formatSize, type Volume } from '@berth/api'
import { labelsText } from './labels-text.ts'
import type { ListView } from './list-view.ts'

const notComputed = 'N/A'

/** Volumes as `volume ls` and `system df` show them. The cluster's fields are for clients that ask by name. */
export const volumeView: ListView<Volume> = {
  name: '*formatter.volumeContext',
  fields: {
    Availability: { header: 'AVAILABILITY', value: () => notComputed },
    Driver: { header: 'DRIVER', value: ({ Driver }) => Driver },
    Group: { header: 'GROUP', value: () => notComputed },
    Labels: { header: 'LABELS', value: ({ Labels }) => labelsText(Labels) },
    Links: {
      header: 'LINKS',
      value: ({ UsageData }) => (UsageData ? String(UsageData.RefCount) : notComputed),
    },
    Mountpoint: { header: 'MOUNTPOINT', value: ({ Mountpoint }) => Mountpoint },
    Name: { header: 'VOLUME NAME', value: ({ Name }) => Name },
    Scope: { header: 'SCOPE', value: ({ Scope }) => Scope },
    Size: {
      header: 'SIZE',
      value: ({ UsageData }) => (UsageData ? formatSize(UsageData.Size) : notComputed),
    },
    Status: { header: 'STATUS', value: () => notComputed },
  },
  columns: ['Driver', 'Name'],
  quietField: 'Name',
  raw: {
    quietLabel: 'name',
    lines: (value) => [`name: ${value('Name')}`, `driver: ${value('Driver')}`],
  },
  methods: { Label: ({ Labels }, key) => Labels?.[key] ?? '' },
}
