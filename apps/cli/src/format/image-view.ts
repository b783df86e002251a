import { formatAge, formatSize } from '@berth/api'
import { shortId } from './ellipsis.ts'
import { goTime } from './go-time.ts'
import type { ImageRow } from './image-rows.ts'
import type { ListView } from './list-view.ts'

export interface ImageViewOptions {
  isTruncated: boolean
  withDigests: boolean
  /** Milliseconds since the epoch. */
  now: number
}

const notComputed = 'N/A'
const sizeDigits = 3

/** Images as `images` shows them. */
export function imageView({ isTruncated, withDigests, now }: ImageViewOptions): ListView<ImageRow> {
  return {
    name: '*formatter.imageContext',
    fields: {
      Containers: { header: 'CONTAINERS', value: ({ image }) => counted(image.Containers, String) },
      CreatedAt: { header: 'CREATED AT', value: ({ image }) => goTime(image.Created) },
      CreatedSince: {
        header: 'CREATED',
        value: ({ image }) => `${formatAge(now - image.Created * 1000)} ago`,
      },
      Digest: { header: 'DIGEST', value: ({ digest }) => digest },
      ID: { header: 'IMAGE ID', value: ({ image }) => (isTruncated ? shortId(image.Id) : image.Id) },
      Repository: { header: 'REPOSITORY', value: ({ repository }) => repository },
      SharedSize: {
        header: 'SHARED SIZE',
        value: ({ image }) => counted(image.SharedSize, (sizeBytes) => formatSize(sizeBytes)),
      },
      Size: { header: 'SIZE', value: ({ image }) => size(image.Size) },
      Tag: { header: 'TAG', value: ({ tag }) => tag },
      UniqueSize: {
        header: 'UNIQUE SIZE',
        value: ({ image }) =>
          image.SharedSize < 0 ? notComputed : formatSize(image.Size - image.SharedSize),
      },
      VirtualSize: { header: 'SIZE', value: ({ image }) => formatSize(image.Size) },
    },
    columns: ['Repository', 'Tag', ...(withDigests ? ['Digest'] : []), 'ID', 'CreatedSince', 'Size'],
    quietField: 'ID',
    raw: {
      quietLabel: 'image_id',
      lines: (value) => [
        `repository: ${value('Repository')}`,
        `tag: ${value('Tag')}`,
        ...(withDigests ? [`digest: ${value('Digest')}`] : []),
        `image_id: ${value('ID')}`,
        `created_at: ${value('CreatedAt')}`,
        `virtual_size: ${value('Size')}`,
      ],
    },
  }
}

function size(sizeBytes: number): string {
  return formatSize(sizeBytes, sizeDigits)
}

function counted(value: number, format: (value: number) => string): string {
  return value < 0 ? notComputed : format(value)
}
