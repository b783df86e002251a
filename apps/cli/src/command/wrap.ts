/** `text` in lines of at most `width` characters; all but the first are indented. Its own line breaks stay. */
export function wrap(text: string, width: number, indent: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, width))
    .join(`\n${' '.repeat(indent)}`)
}

function wrapLine(line: string, width: number): string[] {
  const lines = ['']
  for (const word of line.split(' ')) {
    const current = lines.at(-1) ?? ''
    const joined = current === '' ? word : `${current} ${word}`
    if (joined.length <= width || current === '') lines[lines.length - 1] = joined
    else lines.push(word)
  }
  return lines
}
