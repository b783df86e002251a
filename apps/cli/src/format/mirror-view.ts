import type { WrittenMirror } from '../mirrors/list-mirrors.ts'
import type { ListView } from './list-view.ts'

/** A mirror, with what its engine knows of it in words. */
export interface ListedMirror extends WrittenMirror {
  state: string
}

/** Mirrors as `mirror ls` shows them. */
export const mirrorView: ListView<ListedMirror> = {
  name: '*mirror.Mirror',
  fields: {
    File: { header: 'FILE', value: ({ file }) => file },
    Registry: { header: 'REGISTRY', value: ({ registry }) => registry },
    State: { header: 'STATE', value: ({ state }) => state },
    URL: { header: 'URL', value: ({ url }) => url },
  },
  columns: ['Registry', 'URL', 'State', 'File'],
  quietField: 'URL',
}
