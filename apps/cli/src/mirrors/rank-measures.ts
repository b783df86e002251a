import type { SourceMeasure } from '@berth/registry-client'

/** A measured mirror or registry. */
export interface RankedMeasure extends SourceMeasure {
  isFastest: boolean
}

/** Marks the fastest of those that have the image: by bytes a second, among equals by the time to the manifest. */
export function rankMeasures(measures: readonly SourceMeasure[]): RankedMeasure[] {
  const [fastest] = measures
    .filter(({ bytesPerSecond, problem }) => bytesPerSecond !== undefined && problem === undefined)
    .toSorted((a, b) => speed(b) - speed(a) || (a.manifestMs ?? Infinity) - (b.manifestMs ?? Infinity))
  return measures.map((measure) => ({ ...measure, isFastest: measure === fastest }))
}

const speed = ({ bytesPerSecond = 0 }: SourceMeasure): number => bytesPerSecond
