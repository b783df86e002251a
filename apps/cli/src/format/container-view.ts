import { formatAge, formatSize, type ContainerSummary } from '@berth/api'
import { familiarReference, parseReference } from '@berth/oci'
import { displayablePorts } from './displayable-ports.ts'
import { ellipsis, shortId } from './ellipsis.ts'
import { goTime } from './go-time.ts'
import { labelsText } from './labels-text.ts'
import type { ListView } from './list-view.ts'

export interface ContainerViewOptions {
  isTruncated: boolean
  withSize: boolean
  /** Milliseconds since the epoch. */
  now: number
}

const commandWidth = 20
const mountWidth = 15

/** Containers as `ps` shows them. */
export function containerView(options: ContainerViewOptions): ListView<ContainerSummary> {
  const sizeColumn = options.withSize ? ['Size'] : []
  return {
    name: '*formatter.ContainerContext',
    fields: containerFields(options),
    columns: ['ID', 'Image', 'Command', 'RunningFor', 'Status', 'Ports', 'Names', ...sizeColumn],
    quietField: 'ID',
    raw: { quietLabel: 'container_id', lines: (value) => rawLines(value, options) },
    // Docker's client reads the template once more, to know whether sizes are wanted.
    templateFailures: { parse: 'failed to parse template', execute: 'failed to execute template' },
    methods: { Label: ({ Labels }, key) => Labels?.[key] ?? '' },
  }
}

function containerFields({ isTruncated, now }: ContainerViewOptions): ListView<ContainerSummary>['fields'] {
  const cut = (text: string, width: number) => (isTruncated ? ellipsis(text, width) : text)
  return {
    Command: { header: 'COMMAND', value: ({ Command }) => JSON.stringify(cut(Command, commandWidth)) },
    CreatedAt: { header: 'CREATED AT', value: ({ Created }) => goTime(Created) },
    ID: { header: 'CONTAINER ID', value: ({ Id }) => (isTruncated ? shortId(Id) : Id) },
    Image: { header: 'IMAGE', value: (container) => imageOf(container, isTruncated) },
    Labels: { header: 'LABELS', value: ({ Labels }) => labelsText(Labels) },
    LocalVolumes: {
      header: 'LOCAL VOLUMES',
      value: ({ Mounts }) => String(Mounts.filter(({ Driver }) => Driver === 'local').length),
    },
    Mounts: {
      header: 'MOUNTS',
      value: ({ Mounts }) => Mounts.map(({ Name, Source }) => cut(Name || Source, mountWidth)).join(','),
    },
    Names: { header: 'NAMES', value: ({ Names }) => namesOf(Names, isTruncated) },
    Networks: { header: 'NETWORKS', value: networksOf },
    Ports: { header: 'PORTS', value: ({ Ports }) => displayablePorts(Ports) },
    RunningFor: { header: 'CREATED', value: ({ Created }) => `${formatAge(now - Created * 1000)} ago` },
    Size: { header: 'SIZE', value: sizeOf },
    State: { header: 'STATE', value: ({ State }) => State },
    Status: { header: 'STATUS', value: ({ Status }) => Status },
  }
}

function rawLines(value: (field: string) => string, { withSize }: ContainerViewOptions): string[] {
  return [
    `container_id: ${value('ID')}`,
    `image: ${value('Image')}`,
    `command: ${value('Command')}`,
    `created_at: ${value('CreatedAt')}`,
    `state: ${value('State')}`,
    `status: ${value('Status')}`,
    `names: ${value('Names')}`,
    `labels: ${value('Labels')}`.trimEnd(),
    `ports: ${value('Ports')}`.trimEnd(),
    ...(withSize ? [`size: ${value('Size')}`] : []),
  ]
}

function networksOf({ NetworkSettings }: ContainerSummary): string {
  return Object.keys(NetworkSettings?.Networks ?? {})
    .sort()
    .join(',')
}

/** A container is known by one name; links give it names below others'. */
function namesOf(names: readonly string[], isTruncated: boolean): string {
  const plain = names.map((name) => name.replace(/^\//, ''))
  const own = isTruncated ? plain.find((name) => !name.includes('/')) : undefined
  return own ?? plain.join(',')
}

function imageOf({ Image, ImageID }: ContainerSummary, isTruncated: boolean): string {
  if (Image === '') return '<no image>'
  if (!isTruncated) return Image
  if (shortId(ImageID) === shortId(Image)) return shortId(Image)
  return Image.includes('@') ? withoutDigest(Image) : Image
}

function withoutDigest(image: string): string {
  const { digest: _, ...named } = parseReference(image)
  return familiarReference(named)
}

function sizeOf({ SizeRw = 0, SizeRootFs = 0 }: ContainerSummary): string {
  const own = formatSize(SizeRw, 3)
  return SizeRootFs > 0 ? `${own} (virtual ${formatSize(SizeRootFs, 3)})` : own
}
