/** What every node has: where in the template it is, for errors. */
interface Placed {
  position: number
}

export type Operand =
  | (Placed & { kind: 'bool'; value: boolean })
  | (Placed & { kind: 'dot' })
  | (Placed & { kind: 'nil' })
  | (Placed & { kind: 'number'; text: string; value: bigint | number })
  | (Placed & { kind: 'string'; quoted: string; value: string })
  | (Placed & { kind: 'identifier'; name: string })
  | (Placed & { kind: 'field'; names: string[] })
  | (Placed & { kind: 'variable'; name: string; fields: string[] })
  | (Placed & { kind: 'chain'; operand: Operand; fields: string[] })
  | Pipeline

export interface Command extends Placed {
  kind: 'command'
  operands: [Operand, ...Operand[]]
}

export interface Pipeline extends Placed {
  kind: 'pipeline'
  /** Variables it sets. */
  variables: string[]
  /** They are set where they were declared, rather than declared here. */
  assigns: boolean
  commands: Command[]
}

export type TemplateNode =
  | (Placed & { kind: 'text'; text: string })
  | (Placed & { kind: 'action'; pipeline: Pipeline })
  | (Placed & {
      kind: 'if' | 'with' | 'range'
      pipeline: Pipeline
      list: TemplateNode[]
      elseList: TemplateNode[] | undefined
    })
  | (Placed & { kind: 'break' | 'continue' })
  | (Placed & { kind: 'template'; name: string; quoted: string; pipeline: Pipeline | undefined })

/** A parsed template: its own nodes and those of the templates it defines, by name. */
export interface ParsedTemplate {
  name: string
  text: string
  root: TemplateNode[]
  definitions: Map<string, TemplateNode[]>
}

/** How errors show an operand, a command or a pipeline. */
export function showNode(node: Operand | Command): string {
  switch (node.kind) {
    case 'bool':
      return String(node.value)
    case 'dot':
      return '.'
    case 'nil':
      return 'nil'
    case 'number':
      return node.text
    case 'string':
      return node.quoted
    case 'identifier':
      return node.name
    case 'field':
      return node.names.map((name) => `.${name}`).join('')
    case 'variable':
      return [node.name, ...node.fields].join('.')
    case 'chain':
      return `${showOperand(node.operand)}${node.fields.map((name) => `.${name}`).join('')}`
    case 'command':
      return node.operands.map(showOperand).join(' ')
    case 'pipeline':
      return showPipeline(node)
  }
}

function showOperand(node: Operand): string {
  return node.kind === 'pipeline' ? `(${showNode(node)})` : showNode(node)
}

function showPipeline({ variables, assigns, commands }: Pipeline): string {
  const declared = variables.length === 0 ? '' : `${variables.join(', ')} ${assigns ? '=' : ':='} `
  return declared + commands.map(showNode).join(' | ')
}

/** How errors show a node that stands for itself in the text. */
export function showTemplateNode(node: TemplateNode): string {
  switch (node.kind) {
    case 'text':
      return node.text
    case 'action':
      return `{{${showNode(node.pipeline)}}}`
    case 'template':
      return `{{template ${node.quoted}${node.pipeline === undefined ? '' : ` ${showNode(node.pipeline)}`}}}`
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`
    default:
      return showControl(node)
  }
}

function showControl(node: Extract<TemplateNode, { kind: 'if' | 'with' | 'range' }>): string {
  const list = (nodes: TemplateNode[]) => nodes.map(showTemplateNode).join('')
  const otherwise = node.elseList === undefined ? '' : `{{else}}${list(node.elseList)}`
  return `{{${node.kind} ${showNode(node.pipeline)}}}${list(node.list)}${otherwise}{{end}}`
}
