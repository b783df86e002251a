import { callFunction } from './call.ts'
import { evalField } from './field.ts'
import { float64Type, typeName } from './go-type.ts'
import { boolValue, type GoValue, intValue, stringValue, unwrapInterface } from './go-value.ts'
import { hasArguments, type Invocation, missing, type Piped } from './invocation.ts'
import { type Command, type Operand, type Pipeline, showNode } from './node.ts'
import { failAt, setVariable, type State } from './state.ts'
import type { Parameter } from './template-function.ts'

/** Evaluates a pipeline, and sets the variables it declares or assigns. */
export function evalPipeline(
  state: State,
  dot: GoValue | undefined,
  pipeline: Pipeline,
): GoValue | undefined {
  placeAt(state, pipeline)
  let value: Piped = missing
  for (const command of pipeline.commands)
    value = unwrapInterface(evalCommand(state, dot, { command, piped: value }))
  const result = value === missing ? undefined : value
  for (const name of pipeline.variables) {
    if (pipeline.assigns) setVariable(state, name, result)
    else state.variables.push({ name, value: result })
  }
  return result
}

function evalCommand(
  state: State,
  dot: GoValue | undefined,
  { command, piped }: { command: Command; piped: Piped },
): GoValue | undefined {
  const [first, ...rest] = command.operands
  const given = rest.map(
    (operand) => (parameter: Parameter) => evalArgument(state, dot, { operand, parameter }),
  )
  // A function's failure is that of the whole command, a method's that of the field.
  const place = placeOf(first.kind === 'identifier' ? command : first)
  const invocation: Invocation = { name: showNode(first), arguments: given, piped, place }
  return evalFirst(state, dot, { operand: first, invocation })
}

/** Constants must be of the very type that a function takes. */
function evalArgument(
  state: State,
  dot: GoValue | undefined,
  { operand, parameter }: { operand: Operand; parameter: Parameter },
): GoValue | undefined {
  if (operand.kind === 'nil') return evalNil(state, operand, parameter)
  const wanted = parameter === 'any' ? undefined : constantNames[parameter.kind]
  if (wanted !== undefined && isConstant(operand) && constantKind(operand) !== wanted) {
    placeAt(state, operand)
    failAt(state, `expected ${wanted}; found ${showNode(operand)}`)
  }
  return evalOperand(state, dot, operand)
}

type Constant = Extract<Operand, { kind: 'bool' | 'string' | 'number' }>

/** Kinds of parameters to what errors call a constant for them. */
const constantNames: Readonly<Record<string, string>> = { string: 'string', int: 'integer' }

function isConstant(operand: Operand): operand is Constant {
  return operand.kind === 'bool' || operand.kind === 'string' || operand.kind === 'number'
}

function constantKind(operand: Constant): string {
  return typeof operand.value === 'bigint' ? 'integer' : operand.kind
}

function evalNil(state: State, operand: Operand, parameter: Parameter): GoValue | undefined {
  if (parameter === 'any') return undefined
  if (['slice', 'map', 'pointer', 'interface'].includes(parameter.kind)) return { type: parameter, raw: null }
  placeAt(state, operand)
  return failAt(state, `cannot assign nil to ${typeName(parameter)}`)
}

function evalOperand(state: State, dot: GoValue | undefined, operand: Operand): GoValue | undefined {
  const invocation = {
    name: showNode(operand),
    arguments: [],
    piped: missing,
    place: placeOf(operand),
  } as const
  return evalFirst(state, dot, { operand, invocation })
}

/** An operand with what it is called with, which only functions and methods may be. */
interface Called {
  operand: Operand
  invocation: Invocation
}

function evalFirst(state: State, dot: GoValue | undefined, called: Called): GoValue | undefined {
  const { operand, invocation } = called
  if (operand.kind !== 'pipeline') placeAt(state, operand)
  switch (operand.kind) {
    case 'field':
      return evalFields(state, dot, { names: operand.names, invocation })
    case 'chain':
      return evalChain(state, dot, { operand, invocation })
    case 'variable':
      return evalVariable(state, { operand, invocation })
    case 'identifier':
      return callFunction(state, invocation)
    case 'pipeline':
      refuseArguments(state, invocation)
      return evalPipeline(state, dot, operand)
    case 'dot':
      refuseArguments(state, invocation)
      return dot
    default:
      refuseArguments(state, invocation)
      return evalConstant(state, operand)
  }
}

function placeOf(node: Operand | Command): State['at'] {
  return { position: node.position, text: () => showNode(node) }
}

function placeAt(state: State, node: Operand): void {
  state.at = placeOf(node)
}

function refuseArguments(state: State, invocation: Invocation): void {
  if (hasArguments(invocation)) failAt(state, `can't give argument to non-function ${invocation.name}`)
}

const intEnd = 2n ** 63n

function evalConstant(
  state: State,
  node: Extract<Operand, { kind: 'bool' | 'string' | 'number' | 'nil' }>,
): GoValue {
  if (node.kind === 'nil') return failAt(state, 'nil is not a command')
  if (node.kind === 'bool') return boolValue(node.value)
  if (node.kind === 'string') return stringValue(node.value)
  if (typeof node.value === 'number') return { type: float64Type, raw: node.value }
  if (node.value >= intEnd || node.value < -intEnd) failAt(state, `${node.text} overflows int`)
  return intValue(node.value)
}

function evalChain(
  state: State,
  dot: GoValue | undefined,
  { operand, invocation }: { operand: Extract<Operand, { kind: 'chain' }>; invocation: Invocation },
): GoValue | undefined {
  if (operand.operand.kind === 'nil') failAt(state, `indirection through explicit nil in ${invocation.name}`)
  const receiver = evalOperand(state, dot, operand.operand)
  return evalFields(state, receiver, { names: operand.fields, invocation })
}

function evalVariable(
  state: State,
  { operand, invocation }: { operand: Extract<Operand, { kind: 'variable' }>; invocation: Invocation },
): GoValue | undefined {
  const value = state.variables.findLast(({ name }) => name === operand.name)?.value
  if (operand.fields.length > 0) return evalFields(state, value, { names: operand.fields, invocation })
  refuseArguments(state, invocation)
  return value
}

/** Walks `names` from `receiver`; only the last one may take arguments. */
function evalFields(
  state: State,
  receiver: GoValue | undefined,
  { names, invocation }: { names: readonly string[]; invocation: Invocation },
): GoValue | undefined {
  const last = names.length - 1
  const without = { ...invocation, arguments: [], piped: missing } satisfies Invocation
  return names.reduce<GoValue | undefined>(
    (value, name, index) => evalField(state, value, { ...(index === last ? invocation : without), name }),
    receiver,
  )
}
