import { tokenize } from './lexer.ts'
import { type ParsedTemplate, type Pipeline, showTemplateNode, type TemplateNode } from './node.ts'
import { parseString } from './parse-operand.ts'
import { parsePipeline, type Scope } from './parse-pipeline.ts'
import { TokenReader } from './token-reader.ts'

/** What ends a list of nodes. */
type ListEnd = { kind: 'end' } | { kind: 'else' }
type Parsed = TemplateNode | ListEnd | undefined

export interface ParseOptions {
  /** The template's name in errors. */
  name: string
  hasFunction: (name: string) => boolean
}

/** Parses a template as Go's text/template does. Throws TemplateError. */
export function parseTemplate(text: string, options: ParseOptions): ParsedTemplate {
  return new Parser(text, options).parse()
}

class Parser {
  readonly #reader: TokenReader
  readonly #scope: Scope
  readonly #parsed: ParsedTemplate
  #rangeDepth = 0

  constructor(text: string, { name, hasFunction }: ParseOptions) {
    this.#reader = new TokenReader(tokenize(text), name)
    this.#scope = { reader: this.#reader, variables: ['$'], hasFunction }
    this.#parsed = { name, text, root: [], definitions: new Map() }
  }

  parse(): ParsedTemplate {
    while (this.#reader.peek().kind !== 'eof') {
      if (this.#takesDefine()) continue
      const node = this.#textOrAction()
      if (isListEnd(node)) this.#reader.fail(`unexpected ${showParsed(node)}`)
      if (node !== undefined) this.#parsed.root.push(node)
    }
    return this.#parsed
  }

  #takesDefine(): boolean {
    const start = this.#reader.index
    if (this.#reader.next().kind === 'left-delimiter') {
      this.#reader.peekNonSpace()
      if (this.#reader.takesKeyword('define')) {
        this.#definition()
        return true
      }
    }
    this.#reader.rewind(start)
    return false
  }

  #definition(): void {
    const context = 'define clause'
    const { value } = this.#templateName(context)
    this.#reader.expect('right-delimiter', context)
    this.#define(value, context)
  }

  /** Reads a body with variables of its own, up to its end. */
  #define(name: string, context: string): void {
    const { variables } = this.#scope
    this.#scope.variables = ['$']
    const { list, end } = this.#list()
    if (end.kind !== 'end') this.#reader.fail(`unexpected ${showParsed(end)} in ${context}`)
    this.#scope.variables = variables
    const former = this.#parsed.definitions.get(name)
    if (former === undefined || isEmpty(former)) this.#parsed.definitions.set(name, list)
    else if (!isEmpty(list))
      this.#reader.fail(`template: multiple definition of template ${JSON.stringify(name)}`)
  }

  #list(): { list: TemplateNode[]; end: ListEnd } {
    const list: TemplateNode[] = []
    while (this.#reader.peekNonSpace().kind !== 'eof') {
      const node = this.#textOrAction()
      if (isListEnd(node)) return { list, end: node }
      if (node !== undefined) list.push(node)
    }
    this.#reader.next()
    return this.#reader.fail('unexpected EOF')
  }

  #textOrAction(): Parsed {
    const token = this.#reader.nextNonSpace()
    const { text, position } = token
    if (token.kind === 'text') return { kind: 'text', position, text }
    if (token.kind !== 'left-delimiter') return this.#reader.unexpected(token, 'input')
    this.#reader.actionLine = token.line
    const node = this.#action()
    this.#reader.actionLine = 0
    return node
  }

  #action(): Parsed {
    const token = this.#reader.peekNonSpace()
    const { position } = token
    if (token.kind !== 'keyword') {
      return { kind: 'action', position, pipeline: parsePipeline(this.#scope, 'command', 'right-delimiter') }
    }
    this.#reader.next()
    switch (token.text) {
      case 'if':
      case 'with':
      case 'range':
        return this.#control(token.text, position)
      case 'break':
      case 'continue':
        return this.#loopControl(token.text, position)
      case 'end':
        this.#reader.expect('right-delimiter', 'end')
        return { kind: 'end' }
      case 'else':
        return this.#else()
      case 'template':
        return this.#template()
      case 'block':
        return this.#block()
      default:
        return this.#reader.unexpected(token, 'command')
    }
  }

  #control(kind: 'if' | 'with' | 'range', position: number): TemplateNode {
    const known = this.#scope.variables.length
    const pipeline = parsePipeline(this.#scope, kind, 'right-delimiter')
    const depth = kind === 'range' ? 1 : 0
    this.#rangeDepth += depth
    const { list, end } = this.#list()
    this.#rangeDepth -= depth
    const elseList = end.kind === 'else' ? this.#elseList(kind) : undefined
    this.#scope.variables.length = known
    return { kind, position, pipeline, list, elseList }
  }

  /** `{{else if …}}` and `{{else with …}}` are a control of their own that shares the end. */
  #elseList(kind: 'if' | 'with' | 'range'): TemplateNode[] {
    const { position } = this.#reader.peek()
    if (kind !== 'range' && this.#reader.takesKeyword(kind)) return [this.#control(kind, position)]
    const { list, end } = this.#list()
    if (end.kind !== 'end') this.#reader.fail(`expected end; found ${showParsed(end)}`)
    return list
  }

  #else(): ListEnd {
    const { kind, text } = this.#reader.peekNonSpace()
    if (kind === 'keyword' && (text === 'if' || text === 'with')) return { kind: 'else' }
    this.#reader.expect('right-delimiter', 'else')
    return { kind: 'else' }
  }

  #loopControl(kind: 'break' | 'continue', position: number): TemplateNode {
    const token = this.#reader.nextNonSpace()
    if (token.kind !== 'right-delimiter') this.#reader.unexpected(token, `{{${kind}}}`)
    if (this.#rangeDepth === 0) this.#reader.fail(`{{${kind}}} outside {{range}}`)
    return { kind, position }
  }

  #template(): TemplateNode {
    const context = 'template clause'
    const { value: name, quoted, position } = this.#templateName(context)
    let pipeline: Pipeline | undefined
    if (this.#reader.peekNonSpace().kind === 'right-delimiter') this.#reader.next()
    else pipeline = parsePipeline(this.#scope, context, 'right-delimiter')
    return { kind: 'template', position, name, quoted, pipeline }
  }

  #block(): TemplateNode {
    const context = 'block clause'
    const { value: name, quoted, position } = this.#templateName(context)
    const pipeline = parsePipeline(this.#scope, context, 'right-delimiter')
    this.#define(name, context)
    return { kind: 'template', position, name, quoted, pipeline }
  }

  #templateName(context: string) {
    const token = this.#reader.nextNonSpace()
    if (token.kind === 'string' || token.kind === 'raw-string') return parseString(this.#reader, token)
    return this.#reader.unexpected(token, context)
  }
}

/** An empty body may be defined again, and does not replace one that is there. */
function isEmpty(list: readonly TemplateNode[]): boolean {
  return list.every((node) => node.kind === 'text' && node.text.trim() === '')
}

function isListEnd(node: Parsed): node is ListEnd {
  return node?.kind === 'end' || node?.kind === 'else'
}

function showParsed(node: ListEnd | TemplateNode): string {
  return node.kind === 'end' || node.kind === 'else' ? `{{${node.kind}}}` : showTemplateNode(node)
}
