import { mkdir, writeFile } from 'node:fs/promises'
import { arch, cpus, release } from 'node:os'
import { join } from 'node:path'
import { type Figure, median, type Result } from './measure.ts'

/** A Markdown table: one row for each contestant, its median and its ratio to the first of the figure. */
export function formatFigures(figures: readonly Figure[]): string {
  const header = ['| figure | engine | median | ratio | goal |', '|---|---|---|---|---|']
  return [
    ...header,
    ...figures.flatMap((figure) => figure.results.map((result) => formatRow(figure, result))),
  ].join('\n')
}

function formatRow(figure: Figure, result: Result): string {
  const reference = figure.results[0]
  if (result.problem)
    return `| ${figure.title} | ${result.name} | not measured: ${result.problem.trim().split('\n').at(-1)} | – | – |`
  const value = median(result.samples)
  const ratio = reference && result !== reference ? value / median(reference.samples) : Number.NaN
  const cells = [
    figure.title,
    result.name,
    `${value.toFixed(1)} ${figure.unit}`,
    formatRatio(ratio),
    formatGoal(result.isPeer ? undefined : figure.goal, ratio),
  ]
  return `| ${cells.join(' | ')} |`
}

function formatRatio(ratio: number): string {
  return Number.isNaN(ratio) ? '–' : ratio.toFixed(2)
}

function formatGoal(goal: number | undefined, ratio: number): string {
  if (goal === undefined || Number.isNaN(ratio)) return '–'
  return `${goal.toFixed(2)} ${ratio <= goal ? 'met' : 'missed'}`
}

/** Prints the table and writes `results/<name>.json` with every sample and the machine it was taken on. */
export async function publishFigures(name: string, figures: readonly Figure[]): Promise<void> {
  console.log(formatFigures(figures))
  const machine = { kernel: release(), arch: arch(), processors: cpus().length, model: cpus()[0]?.model }
  const directory = join(import.meta.dirname, 'results')
  await mkdir(directory, { recursive: true })
  const content = { at: new Date().toISOString(), machine, figures }
  await writeFile(join(directory, `${name}.json`), `${JSON.stringify(content, null, 2)}\n`)
}
