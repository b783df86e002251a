import { formatSize, type ImageManifestSummary, type ImageSummary } from '@berth/api'
import { cellWidthOf, type CellWidth } from './cell-width.ts'
import { ellipsis, shortId } from './ellipsis.ts'

export interface ImageTreeOptions {
  /** Images without a name too. */
  all: boolean
  /** The width to fit into; undefined cuts nothing. */
  columns: number | undefined
}

interface TreeLine {
  name: string
  id: string
  diskUsage: string
  contentSize: string
  extra: string
}

const titles: TreeLine = {
  name: 'IMAGE',
  id: 'ID',
  diskUsage: 'DISK USAGE',
  contentSize: 'CONTENT SIZE',
  extra: 'EXTRA',
}
const gap = '   '
const idWidth = 12
const inUse = 'U'
const untagged = '<untagged>'
const nameWidthMin = 10

/** Each image with its names above it and its platforms below it, the newest first; an empty line after each. */
export async function formatImageTree(
  images: readonly ImageSummary[],
  { all, columns }: ImageTreeOptions,
): Promise<string> {
  const blocks = images
    .filter(({ RepoTags }) => all || (RepoTags ?? []).length > 0)
    .toSorted((a, b) => b.Created - a.Created)
    .map(linesOf)
  const cellWidth = await cellWidthOf(blocks.flat().map(({ name }) => name))
  const widest = blocks
    .flat()
    .reduce((width, { name }) => Math.max(width, cellWidth(name)), titles.name.length)
  const nameWidth = Math.min(
    widest,
    columns === undefined ? widest : Math.max(nameWidthMin, columns - restWidth),
  )
  const format = (line: TreeLine) => formatLine(line, nameWidth, cellWidth)
  return [format(titles), ...blocks.map((lines) => `${lines.map(format).join('')}\n`)].join('')
}

const restWidth = [titles.diskUsage, titles.contentSize, titles.extra].reduce(
  (width, title) => width + gap.length + title.length,
  gap.length + idWidth,
)

function linesOf(image: ImageSummary): TreeLine[] {
  const names = image.RepoTags?.length ? image.RepoTags : [untagged]
  const manifests = image.Manifests ?? []
  const platforms = manifests.filter(({ Kind }) => Kind === 'image')
  const isUsed = image.Containers > 0 || platforms.some(isManifestUsed)
  const own: TreeLine = {
    name: names[0] ?? untagged,
    id: shortId(image.Id),
    diskUsage: size(image.Size),
    contentSize: size(manifests.reduce((sum, { Size }) => sum + Size.Content, 0)),
    extra: isUsed ? inUse : '',
  }
  return [
    ...names.slice(1).map((name) => ({ name, id: '', diskUsage: '', contentSize: '', extra: '' })),
    own,
    ...platforms.map((manifest, i) => platformLine(manifest, i === platforms.length - 1)),
  ]
}

function platformLine(manifest: ImageManifestSummary, isLast: boolean): TreeLine {
  const { os = '', architecture = '', variant } = manifest.ImageData?.Platform ?? {}
  const platform = [os, architecture, variant].filter(Boolean).join('/')
  return {
    name: `${isLast ? '└─' : '├─'} ${platform}`,
    id: shortId(manifest.ID),
    diskUsage: size(manifest.Size.Total),
    contentSize: size(manifest.Size.Content),
    extra: isManifestUsed(manifest) ? inUse : '',
  }
}

function isManifestUsed({ ImageData }: ImageManifestSummary): boolean {
  return (ImageData?.Containers ?? []).length > 0
}

function size(bytes: number): string {
  return formatSize(bytes, 3)
}

/** Sizes end where their titles end. */
function formatLine(line: TreeLine, nameWidth: number, cellWidth: CellWidth): string {
  const name = cellWidth(line.name) > nameWidth ? ellipsis(line.name, nameWidth) : line.name
  const cells = [
    name + ' '.repeat(Math.max(0, nameWidth - cellWidth(name))),
    line.id.padEnd(idWidth),
    line.diskUsage.padStart(titles.diskUsage.length),
    line.contentSize.padStart(titles.contentSize.length),
    line.extra,
  ]
  return `${cells.join(gap).trimEnd()}\n`
}
