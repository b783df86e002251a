import { evalPipeline } from './evaluate-pipeline.ts'
import { formatValue } from './format-value.ts'
import {
  elementsOf,
  entriesOf,
  type GoValue,
  indirect,
  intValue,
  isMap,
  isSlice,
  isTrue,
  unwrapInterface,
} from './go-value.ts'
import { type Pipeline, showTemplateNode, type TemplateNode } from './node.ts'
import { failAt, setVariable, type State } from './state.ts'

/** Go stops templates that call themselves at this depth; it is far less here, where each level is several calls. */
const maxDepth = 1000

/** How the body of a loop ended. */
type Flow = 'next' | 'break' | 'continue'

/** Executes nodes one after the other. */
export function walkList(state: State, dot: GoValue | undefined, nodes: readonly TemplateNode[]): Flow {
  for (const node of nodes) {
    const flow = walk(state, dot, node)
    if (flow !== 'next') return flow
  }
  return 'next'
}

function walk(state: State, dot: GoValue | undefined, node: TemplateNode): Flow {
  state.at = { position: node.position, text: () => showTemplateNode(node) }
  switch (node.kind) {
    case 'text':
      state.output.push(node.text)
      return 'next'
    case 'action': {
      const value = evalPipeline(state, dot, node.pipeline)
      if (node.pipeline.variables.length === 0) state.output.push(printValue(value))
      return 'next'
    }
    case 'break':
    case 'continue':
      return node.kind
    case 'range':
      return scoped(state, () => walkRange(state, dot, node))
    case 'template':
      walkTemplate(state, dot, node)
      return 'next'
    default:
      return scoped(state, () => walkCondition(state, dot, node))
  }
}

/** Variables that `action` declares end with it. */
function scoped<T>(state: State, action: () => T): T {
  const known = state.variables.length
  try {
    return action()
  } finally {
    state.variables.length = known
  }
}

type Control = Extract<TemplateNode, { pipeline: Pipeline; list: TemplateNode[] }>

function walkCondition(
  state: State,
  dot: GoValue | undefined,
  { kind, pipeline, list, elseList }: Control,
): Flow {
  const value = evalPipeline(state, dot, pipeline)
  if (isTrue(unwrapInterface(value))) return walkList(state, kind === 'with' ? value : dot, list)
  return elseList === undefined ? 'next' : walkList(state, dot, elseList)
}

function walkRange(state: State, dot: GoValue | undefined, node: Control): Flow {
  const value = evalPipeline(state, dot, node.pipeline)
  const known = state.variables.length
  let isEmpty = true
  for (const [index, element] of itemsOf(state, node.pipeline, value && indirect(value).value)) {
    isEmpty = false
    setLoopVariables(state, node.pipeline, index, element)
    const flow = walkList(state, element, node.list)
    state.variables.length = known
    if (flow === 'break') break
  }
  return isEmpty && node.elseList !== undefined ? walkList(state, dot, node.elseList) : 'next'
}

type Item = readonly [index: GoValue | undefined, element: GoValue | undefined]

function itemsOf(state: State, { variables }: Pipeline, value: GoValue | undefined): Iterable<Item> {
  if (value === undefined || value.type.kind === 'interface') return []
  if (isSlice(value)) return elementsOf(value).map((element, index) => [intValue(index), element])
  if (isMap(value)) return entriesOf(value)
  if (value.type.kind !== 'int' && value.type.kind !== 'uint') {
    failAt(state, `range can't iterate over ${formatValue(value)}`)
  }
  if (variables.length > 1) {
    failAt(state, `can't use ${formatValue(value)} to iterate over more than one variable`)
  }
  return countTo(value)
}

function* countTo({ type, raw }: GoValue): Generator<Item> {
  for (let number = 0n; number < (raw as bigint); number++) yield [undefined, { type, raw: number }]
}

/** With two variables the index comes first; one gets the element. */
function setLoopVariables(
  state: State,
  { variables, assigns }: Pipeline,
  ...[index, element]: (GoValue | undefined)[]
): void {
  const values = variables.length > 1 ? [index, element] : [element]
  const declared = state.variables.length - variables.length
  for (const [place, name] of variables.entries()) {
    const slot = state.variables[declared + place]
    if (assigns) setVariable(state, name, values[place])
    else if (slot !== undefined) slot.value = values[place]
  }
}

function walkTemplate(
  state: State,
  dot: GoValue | undefined,
  { name, pipeline }: Extract<TemplateNode, { kind: 'template' }>,
): void {
  const body = state.template.definitions.get(name)
  if (body === undefined) failAt(state, `template ${JSON.stringify(name)} not defined`)
  if (state.depth >= maxDepth) failAt(state, `exceeded maximum template depth (${maxDepth})`)
  const argument = pipeline === undefined ? undefined : evalPipeline(state, dot, pipeline)
  const inner = { ...state, name, depth: state.depth + 1, variables: [{ name: '$', value: argument }] }
  walkList(inner, argument, body)
}

function printValue(value: GoValue | undefined): string {
  if (value === undefined) return '<no value>'
  const { value: target } = value.type.kind === 'pointer' ? indirect(value) : { value }
  return formatValue(target)
}
