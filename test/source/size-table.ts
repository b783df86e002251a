import { isTest, type WorkspacePackage } from './workspace.ts'

/** Median, 90th percentile and maximum of file and function lengths, tests left out: a package a row, and all of them. */
export function formatSizes(workspace: readonly WorkspacePackage[]): string[] {
  const rows = workspace.map(({ name, sources }) =>
    sizesOf(
      name,
      sources.filter(({ path }) => !isTest(path)),
    ),
  )
  const all = sizesOf(
    'all',
    workspace.flatMap(({ sources }) => sources.filter(({ path }) => !isTest(path))),
  )
  const header = ['lines', 'files', 'median/p90/max', 'functions', 'median/p90/max']
  return [header, ...rows, all].map(
    ([name = '', ...cells]) => name.padEnd(16) + cells.map((cell) => cell.padStart(16)).join(''),
  )
}

function sizesOf(name: string, sources: WorkspacePackage['sources']): string[] {
  const files = sources.map(({ lines }) => lines)
  const functions = sources.flatMap((source) => source.functions.map(({ lines }) => lines))
  return [name, String(files.length), spread(files), String(functions.length), spread(functions)]
}

function spread(values: number[]): string {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (fraction: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0
  return `${at(0.5)}/${at(0.9)}/${at(1)}`
}
