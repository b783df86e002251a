/** One of the things that are compared. `measure` gives one sample in the figure's unit. */
export interface Contestant {
  name: string
  /** Shown for comparison: the figure's goal is not for it. */
  isPeer?: boolean
  measure: () => Promise<number>
}

export interface Figure {
  id: string
  title: string
  unit: 'ms' | 'MiB' | 'kB'
  /** The ratio to the reference that is wanted, if any. */
  goal?: number
  /** In the order of the contestants; the first is the reference. */
  results: Result[]
}

export interface Result extends Pick<Contestant, 'name' | 'isPeer'> {
  samples: number[]
  /** Why there are no samples. */
  problem?: string
}

type About = Pick<Figure, 'id' | 'title' | 'unit' | 'goal'>

interface Rounds {
  rounds: number
  warmUps?: number
}

export interface Plan extends About, Rounds {}

/** As a contestant, where one round gives a sample of each of several figures. */
export interface SeriesContestant extends Pick<Contestant, 'name' | 'isPeer'> {
  measure: () => Promise<readonly number[]>
}

/**
 * Round one on every contestant, round two on every contestant, …, so that drift of the machine's speed touches all alike.
 * A contestant that fails drops out with its reason; the others go on.
 */
export async function measureInTurns(plan: Plan, contestants: readonly Contestant[]): Promise<Figure> {
  const { rounds, warmUps, ...about } = plan
  const series = contestants.map(({ measure, ...who }) => ({
    ...who,
    measure: async () => [await measure()],
  }))
  const [figure] = await measureSeriesInTurns(
    { figures: [about], rounds, ...(warmUps === undefined ? {} : { warmUps }) },
    series,
  )
  return figure ?? { ...about, results: [] }
}

/** The same for figures that one round gives together, in their order. */
export async function measureSeriesInTurns(
  { figures, rounds, warmUps = 1 }: Rounds & { figures: readonly About[] },
  contestants: readonly SeriesContestant[],
): Promise<Figure[]> {
  const measured = figures.map((about): Figure => ({
    ...about,
    results: contestants.map(({ name, isPeer }) => ({ name, ...(isPeer ? { isPeer } : {}), samples: [] })),
  }))
  for (let round = -warmUps; round < rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const results = measured.flatMap((figure) => figure.results[index] ?? [])
      if (!results.some(({ problem }) => problem)) await addSamples(results, contestant, round >= 0)
    }
  }
  return measured
}

async function addSamples(
  results: readonly Result[],
  contestant: SeriesContestant,
  counts: boolean,
): Promise<void> {
  try {
    const samples = await contestant.measure()
    if (counts)
      for (const [index, result] of results.entries()) result.samples.push(samples[index] ?? Number.NaN)
  } catch (error) {
    for (const result of results) result.problem = error instanceof Error ? error.message : String(error)
  }
}

export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
