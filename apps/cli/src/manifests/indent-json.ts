/** JSON text over several lines; every value stays written as it is, which parsing would not keep. */
export function indentJson(text: string, indent: string): string {
  let depth = 0
  const line = (): string => `\n${indent.repeat(depth)}`
  return text.replace(tokens, (token, ...groups) => {
    const { empty, open, close, string } = groups.at(-1) as Record<string, string | undefined>
    if (string !== undefined) return token
    if (empty !== undefined) return `${empty.at(0)}${empty.at(-1)}`
    if (open !== undefined) {
      depth++
      return `${open}${line()}`
    }
    if (close !== undefined) {
      depth--
      return `${line()}${close}`
    }
    if (token === ',') return `,${line()}`
    return token === ':' ? ': ' : ''
  })
}

const tokens =
  /(?<string>"(?:[^"\\]|\\.)*")|(?<empty>\{\s*\}|\[\s*\])|(?<open>[{[])|(?<close>[}\]])|[,:]|\s+/g
