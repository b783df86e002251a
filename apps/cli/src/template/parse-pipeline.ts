import { type Command, type Operand, type Pipeline, showNode } from './node.ts'
import { parseCharacter, parseNumber, parseString } from './parse-operand.ts'
import type { Token, TokenKind } from './token.ts'
import type { TokenReader } from './token-reader.ts'

/** What a pipeline may refer to. */
export interface Scope {
  reader: TokenReader
  /** Variables that are known here; a declaration adds to them. */
  variables: string[]
  hasFunction: (name: string) => boolean
}

const operandKinds = new Set<TokenKind>([
  'bool',
  'character',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'raw-string',
  'string',
  'variable',
  'left-paren',
])
/** Kinds that a value piped into them cannot be an argument of. */
const notExecutable = new Set<Operand['kind']>(['bool', 'dot', 'nil', 'number', 'string'])

/** Reads up to and with the token of kind `end`. `context` is what errors call the place. */
export function parsePipeline(
  scope: Scope,
  context: string,
  end: 'right-delimiter' | 'right-paren',
): Pipeline {
  const { reader } = scope
  const { position } = reader.peekNonSpace()
  const pipeline: Pipeline = { kind: 'pipeline', position, variables: [], assigns: false, commands: [] }
  parseDeclarations(scope, pipeline, context)
  for (;;) {
    const token = reader.peekNonSpace()
    if (token.kind === end) break
    if (!operandKinds.has(token.kind)) reader.unexpected(reader.next(), context)
    pipeline.commands.push(parseCommand(scope))
  }
  reader.next()
  checkPipeline(reader, pipeline, context)
  return pipeline
}

function parseDeclarations(scope: Scope, pipeline: Pipeline, context: string): void {
  const { reader } = scope
  while (reader.peekNonSpace().kind === 'variable') {
    const start = reader.index
    const variable = reader.next()
    const next = reader.peekNonSpace()
    const isComma = next.kind === 'other' && next.text === ','
    if (next.kind !== 'assign' && next.kind !== 'declare' && !isComma) {
      reader.rewind(start)
      return
    }
    reader.next()
    pipeline.variables.push(variable.text)
    scope.variables.push(variable.text)
    if (!isComma) {
      pipeline.assigns = next.kind === 'assign'
      return
    }
    if (context !== 'range' || pipeline.variables.length > 1)
      reader.fail(`too many declarations in ${context}`)
    const following = reader.peekNonSpace().kind
    if (!['variable', 'right-delimiter', 'right-paren'].includes(following)) {
      reader.fail('range can only initialize variables')
    }
  }
}

function checkPipeline(reader: TokenReader, { commands }: Pipeline, context: string): void {
  if (commands.length === 0) reader.fail(`missing value for ${context}`)
  const wrong = commands.findIndex(({ operands }, index) => index > 0 && notExecutable.has(operands[0].kind))
  if (wrong !== -1) reader.fail(`non executable command in pipeline stage ${wrong + 1}`)
}

/** Operands up to a pipe, which it takes, or to the end of the pipeline. */
function parseCommand(scope: Scope): Command {
  const { reader } = scope
  const { position } = reader.peekNonSpace()
  const operands: Operand[] = []
  for (;;) {
    reader.peekNonSpace()
    const operand = parseOperand(scope)
    if (operand !== undefined) operands.push(operand)
    const token = reader.peek()
    if (token.kind === 'space') continue
    if (token.kind === 'right-delimiter' || token.kind === 'right-paren') break
    reader.next()
    if (token.kind === 'pipe') break
    reader.unexpected(token, 'operand')
  }
  const [first, ...rest] = operands
  if (first === undefined) return reader.fail('empty command')
  return { kind: 'command', position, operands: [first, ...rest] }
}

/** A term and the fields behind it. */
function parseOperand(scope: Scope): Operand | undefined {
  const { reader } = scope
  const term = parseTerm(scope)
  if (term === undefined || reader.peek().kind !== 'field') return term
  const { position } = reader.peek()
  const fields: string[] = []
  while (reader.peek().kind === 'field') fields.push(reader.next().text.slice(1))
  switch (term.kind) {
    case 'field':
      return { ...term, position, names: [...term.names, ...fields] }
    case 'variable':
      return { ...term, position, fields: [...term.fields, ...fields] }
    case 'bool':
    case 'string':
    case 'number':
    case 'nil':
    case 'dot':
      return reader.fail(`unexpected . after term ${JSON.stringify(showNode(term))}`)
    default:
      return { kind: 'chain', position, operand: term, fields }
  }
}

function parseTerm(scope: Scope): Operand | undefined {
  const { reader } = scope
  const token = reader.peekNonSpace()
  if (!operandKinds.has(token.kind)) return undefined
  reader.next()
  return termOf(scope, token)
}

function termOf(scope: Scope, token: Token): Operand {
  const { reader, variables, hasFunction } = scope
  const { position, text } = token
  switch (token.kind) {
    case 'identifier':
      if (!hasFunction(text)) reader.fail(`function ${JSON.stringify(text)} not defined`)
      return { kind: 'identifier', position, name: text }
    case 'variable':
      if (!variables.includes(text)) reader.fail(`undefined variable ${JSON.stringify(text)}`)
      return { kind: 'variable', position, name: text, fields: [] }
    case 'field':
      return { kind: 'field', position, names: [text.slice(1)] }
    case 'left-paren':
      return parsePipeline(scope, 'parenthesized pipeline', 'right-paren')
    case 'bool':
      return { kind: 'bool', position, value: text === 'true' }
    case 'dot':
    case 'nil':
      return { kind: token.kind, position }
    case 'character':
      return parseCharacter(reader, token)
    case 'number':
      return parseNumber(reader, token)
    default:
      return parseString(reader, token)
  }
}
