import { flags } from './flags.ts'

const lineWidth = 110

/** What `berthd --help` prints. */
export function formatHelp(): string {
  const rows = flags.map((flag) => {
    const short = flag.shorthand === undefined ? '    ' : `-${flag.shorthand}, `
    const value = flag.kind === 'bool' ? '' : ` ${flag.placeholder ?? flag.kind}`
    const fallback =
      flag.fallback === undefined
        ? ''
        : ` (default ${/^\d+$/.test(flag.fallback) ? flag.fallback : JSON.stringify(flag.fallback)})`
    return { left: `  ${short}--${flag.name}${value}`, text: flag.description + fallback }
  })
  const column = Math.max(...rows.map(({ left }) => left.length)) + 2
  return `
Usage:  berthd [OPTIONS]

A self-sufficient runtime for containers.

Options:
${rows.flatMap(({ left, text }) => wrap(left, text, column)).join('\n')}
`
}

function wrap(left: string, text: string, column: number): string[] {
  const width = lineWidth - column
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.map((line, index) => (index === 0 ? left : '').padEnd(column) + line)
}
