import { formatAge, formatSize, type ImageHistoryItem } from '@berth/api'
import { ellipsis, shortId } from './ellipsis.ts'
import { rfc3339 } from './go-time.ts'
import type { ListView } from './list-view.ts'

export interface HistoryViewOptions {
  isTruncated: boolean
  isHuman: boolean
  /** Milliseconds since the epoch. */
  now: number
}

const createdByWidth = 45
/** Builders that strive for equal bytes write the epoch or 1980; none of it says when. */
const oldestPlausible = Date.UTC(2000, 0, 1) / 1000

/** The steps of an image as `history` shows them. */
export function historyView({ isTruncated, isHuman, now }: HistoryViewOptions): ListView<ImageHistoryItem> {
  const createdAt = ({ Created }: ImageHistoryItem) => rfc3339(Created)
  return {
    name: '*image.historyContext',
    fields: {
      Comment: { header: 'COMMENT', value: ({ Comment }) => Comment },
      CreatedAt: { header: 'CREATED AT', value: createdAt },
      CreatedBy: {
        header: 'CREATED BY',
        value: ({ CreatedBy }) => {
          const text = CreatedBy.replaceAll('\t', ' ')
          return isTruncated ? ellipsis(text, createdByWidth) : text
        },
      },
      CreatedSince: {
        header: 'CREATED',
        value: (item) => (isHuman ? age(item.Created, now) : createdAt(item)),
      },
      ID: { header: 'IMAGE', value: ({ Id }) => (isTruncated && Id.includes(':') ? shortId(Id) : Id) },
      Size: { header: 'SIZE', value: ({ Size }) => (isHuman ? formatSize(Size, 3) : String(Size)) },
    },
    columns: ['ID', isHuman ? 'CreatedSince' : 'CreatedAt', 'CreatedBy', 'Size', 'Comment'],
    quietField: 'ID',
  }
}

function age(created: number, now: number): string {
  return created < oldestPlausible ? 'N/A' : `${formatAge(now - created * 1000)} ago`
}
