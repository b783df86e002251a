/** One of the things that are compared. `measure` gives one sample in the figure's unit. */
export interface Contestant {
  name: string
  measure: () => Promise<number>
}

export interface Figure {
  id: string
  title: string
  unit: 'ms' | 'MiB'
  /** The ratio to the reference that is wanted, if any. */
  goal?: number
  /** In the order of the contestants; the first is the reference. */
  results: Result[]
}

export interface Result {
  name: string
  samples: number[]
  /** Why there are no samples. */
  problem?: string
}

export interface Plan {
  id: string
  title: string
  unit: Figure['unit']
  goal?: number
  rounds: number
  warmUps?: number
}

/**
 * Round one on every contestant, round two on every contestant, …, so that drift of the machine's speed touches all alike.
 * A contestant that fails drops out with its reason; the others go on.
 */
export async function measureInTurns(plan: Plan, contestants: readonly Contestant[]): Promise<Figure> {
  const { rounds, warmUps = 1, ...about } = plan
  const results: Result[] = contestants.map(({ name }) => ({ name, samples: [] }))
  for (let round = -warmUps; round < rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const result = results[index]
      if (result && !result.problem) await addSample(result, contestant, round >= 0)
    }
  }
  return { ...about, results }
}

async function addSample(result: Result, contestant: Contestant, counts: boolean): Promise<void> {
  try {
    const sample = await contestant.measure()
    if (counts) result.samples.push(sample)
  } catch (error) {
    result.problem = error instanceof Error ? error.message : String(error)
  }
}

export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
