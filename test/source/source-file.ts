import { readFileSync } from 'node:fs'
import { type ParseResult, parseSync, Visitor } from 'oxc-parser'

export interface Import {
  specifier: string
  line: number
}

/** A declared or named function; lines are counted from its first to its last. */
export interface SourceFunction {
  name: string
  line: number
  lines: number
}

/** One file of the workspace, parsed. Paths are absolute. */
export interface SourceFile {
  path: string
  text: string
  lines: number
  /** Every module it asks for: imports, re-exports, dynamic imports of a literal. */
  imports: Import[]
  functions: SourceFunction[]
  /** `process.argv` and the like: names read from the global `process`. */
  processReads: Import[]
  parsed: ParseResult
}

export function readSourceFile(path: string): SourceFile {
  const text = readFileSync(path, 'utf8')
  const parsed = parseSync(path, text)
  if (parsed.errors[0]) throw new Error(`${path}: ${parsed.errors[0].message}`)
  const lineAt = lineCounter(text)
  return {
    path,
    text,
    lines: lineAt(text.length) - (text.endsWith('\n') ? 1 : 0),
    imports: importsOf(parsed, text, lineAt),
    functions: functionsOf(parsed, lineAt),
    processReads: processReadsOf(parsed, lineAt),
    parsed,
  }
}

type LineAt = (offset: number) => number

function lineCounter(text: string): LineAt {
  const starts = [0, ...text.matchAll(/\n/g).map((match) => match.index + 1)]
  return (offset) => {
    const after = starts.findIndex((start) => start > offset)
    return after === -1 ? starts.length : after
  }
}

function importsOf({ module }: ParseResult, text: string, lineAt: LineAt): Import[] {
  const reexports = module.staticExports.flatMap((statement) =>
    statement.entries.flatMap((entry) => entry.moduleRequest ?? []),
  )
  const fromStatements = [...module.staticImports.map((statement) => statement.moduleRequest), ...reexports]
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
    const literal = /^(['"])(.*)\1$/.exec(text.slice(start, end))
    return literal?.[2] ? [{ value: literal[2], start }] : []
  })
  return [...fromStatements, ...dynamic].map(({ value, start }) => ({
    specifier: value,
    line: lineAt(start),
  }))
}

interface Span {
  start: number
  end: number
}

function functionsOf({ program }: ParseResult, lineAt: LineAt): SourceFunction[] {
  const functions: SourceFunction[] = []
  const add = (name: string, span: Span) => {
    const line = lineAt(span.start)
    functions.push({ name, line, lines: lineAt(span.end) - line + 1 })
  }
  new Visitor({
    FunctionDeclaration: (node) => add(node.id?.name ?? 'default', node),
    MethodDefinition: (node) =>
      add(node.key.type === 'Identifier' ? node.key.name : '[computed]', node.value),
    VariableDeclarator: ({ id, init }) => {
      if (init?.type !== 'ArrowFunctionExpression' && init?.type !== 'FunctionExpression') return
      add(id.type === 'Identifier' ? id.name : '[pattern]', init)
    },
  }).visit(program)
  return functions
}

function processReadsOf({ program }: ParseResult, lineAt: LineAt): Import[] {
  const reads: Import[] = []
  new Visitor({
    MemberExpression: ({ object, property, start }) => {
      if (object.type !== 'Identifier' || object.name !== 'process' || property.type !== 'Identifier') return
      reads.push({ specifier: property.name, line: lineAt(start) })
    },
  }).visit(program)
  return reads
}
