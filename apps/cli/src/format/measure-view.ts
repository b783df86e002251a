import { formatSize } from '@berth/api'
import type { RankedMeasure } from '../mirrors/rank-measures.ts'
import type { ListView } from './list-view.ts'

const milliseconds = (value: number | undefined): string =>
  value === undefined ? '' : `${value.toFixed(1)} ms`

const plain = (value: number | undefined): string => (value === undefined ? '' : String(Math.round(value)))

/** Mirrors as `mirror test` shows them; JSON has milliseconds and bytes per second. */
export const measureView: ListView<RankedMeasure> = {
  name: '*mirror.Measure',
  fields: {
    Fastest: {
      header: 'FASTEST',
      value: ({ isFastest }) => (isFastest ? '[OK]' : ''),
      jsonValue: ({ isFastest }) => String(isFastest),
    },
    Manifest: {
      header: 'MANIFEST',
      value: ({ manifestMs }) => milliseconds(manifestMs),
      jsonValue: ({ manifestMs }) => plain(manifestMs),
    },
    Ping: {
      header: 'PING',
      value: ({ pingMs }) => milliseconds(pingMs),
      jsonValue: ({ pingMs }) => plain(pingMs),
    },
    Problem: { header: 'PROBLEM', value: ({ problem = '' }) => problem },
    Speed: {
      header: 'SPEED',
      value: ({ bytesPerSecond }) => (bytesPerSecond === undefined ? '' : `${formatSize(bytesPerSecond)}/s`),
      jsonValue: ({ bytesPerSecond }) => plain(bytesPerSecond),
    },
    URL: { header: 'URL', value: ({ url }) => url },
  },
  columns: ['URL', 'Ping', 'Manifest', 'Speed', 'Problem'],
  quietField: 'URL',
}
