import { flags } from './flags.ts'

const descriptionColumn = 36
const lineWidth = 110

/** What `berthd --help` prints. */
export function formatHelp(): string {
  const lines = flags.flatMap((flag) => {
    const short = flag.shorthand === undefined ? '    ' : `-${flag.shorthand}, `
    const value = flag.kind === 'bool' ? '' : ` ${flag.placeholder ?? flag.kind}`
    const fallback =
      flag.fallback === undefined
        ? ''
        : ` (default ${/^\d+$/.test(flag.fallback) ? flag.fallback : JSON.stringify(flag.fallback)})`
    return columns(`  ${short}--${flag.name}${value}`, flag.description + fallback)
  })
  return `
Usage:  berthd [OPTIONS]

A self-sufficient runtime for containers.

Options:
${lines.join('\n')}
`
}

function columns(left: string, text: string): string[] {
  const width = lineWidth - descriptionColumn
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.map((line, index) => (index === 0 ? left : '').padEnd(descriptionColumn) + line)
}
