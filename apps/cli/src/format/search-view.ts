import type { ImageSearchItem } from '@berth/api'
import { ellipsis } from './ellipsis.ts'
import type { ListView } from './list-view.ts'

const descriptionWidth = 45

/** Images of a registry as `search` shows them. */
export function searchView({ isTruncated }: { isTruncated: boolean }): ListView<ImageSearchItem> {
  return {
    name: '*registry.searchContext',
    fields: {
      Description: {
        header: 'DESCRIPTION',
        value: ({ description }) => {
          const text = description.replaceAll(/[\r\n]/g, ' ')
          return isTruncated ? ellipsis(text, descriptionWidth) : text
        },
      },
      IsOfficial: {
        header: 'OFFICIAL',
        value: ({ is_official }) => (is_official ? '[OK]' : ''),
        jsonValue: ({ is_official }) => String(is_official),
      },
      Name: { header: 'NAME', value: ({ name }) => name },
      StarCount: { header: 'STARS', value: ({ star_count }) => String(star_count) },
    },
    columns: ['Name', 'Description', 'StarCount', 'IsOfficial'],
    quietField: 'Name',
  }
}
