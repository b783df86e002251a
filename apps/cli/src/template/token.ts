export type TokenKind =
  | 'error'
  | 'eof'
  | 'text'
  | 'left-delimiter'
  | 'right-delimiter'
  | 'space'
  | 'identifier'
  | 'keyword'
  | 'bool'
  | 'nil'
  | 'dot'
  | 'field'
  | 'variable'
  | 'number'
  | 'character'
  | 'string'
  | 'raw-string'
  | 'pipe'
  | 'assign'
  | 'declare'
  | 'left-paren'
  | 'right-paren'
  | 'other'

export interface Token {
  kind: TokenKind
  /** Its text; of an error the message. */
  text: string
  /** Offset in the template. */
  position: number
  line: number
}

/** How error messages show a token. */
export function showToken({ kind, text }: Token): string {
  if (kind === 'eof') return 'EOF'
  if (kind === 'error') return text
  if (kind === 'keyword' || kind === 'dot' || kind === 'nil') return `<${text}>`
  const characters = Array.from(text)
  return characters.length > 10
    ? `${JSON.stringify(characters.slice(0, 10).join(''))}...`
    : JSON.stringify(text)
}
