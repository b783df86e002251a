import { isAssignable, typeName } from './go-type.ts'
import { type GoValue, isTrue, unwrapInterface, zero } from './go-value.ts'
import { type Invocation, missing } from './invocation.ts'
import { failAt, type State } from './state.ts'
import type { Parameter, TemplateFunction } from './template-function.ts'

/** Calls the function that the invocation names. */
export function callFunction(state: State, invocation: Invocation): GoValue | undefined {
  const { name } = invocation
  const called = state.functions[name]
  if (called === undefined) return failAt(state, `${JSON.stringify(name)} is not a defined function`)
  if (name !== 'and' && name !== 'or') return call(state, called, invocation)
  checkCount(state, called, invocation)
  return shortCircuit(invocation)
}

/** Evaluates the arguments, checks their number and types, calls. */
export function call(state: State, called: TemplateFunction, invocation: Invocation): GoValue | undefined {
  checkCount(state, called, invocation)
  const given = invocation.arguments.map((evaluate, index) => {
    const parameter = parameterAt(called, index)
    return checkType(state, evaluate(parameter), parameter)
  })
  if (invocation.piped !== missing) {
    given.push(checkType(state, invocation.piped, parameterAt(called, given.length)))
  }
  try {
    return called.call(...given)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    state.at = invocation.place
    return failAt(state, `error calling ${invocation.name}: ${error.message}`)
  }
}

function checkCount(
  state: State,
  called: TemplateFunction,
  { name, arguments: args, piped }: Invocation,
): void {
  const given = args.length + (piped === missing ? 0 : 1)
  const wanted = called.parameters.length
  if (called.isVariadic === true && given < wanted - 1) {
    failAt(state, `wrong number of args for ${name}: want at least ${wanted - 1} got ${args.length}`)
  }
  if (called.isVariadic !== true && given !== wanted) {
    failAt(state, `wrong number of args for ${name}: want ${wanted} got ${given}`)
  }
}

/** `and` and `or` evaluate no further than they must. */
function shortCircuit({ name, arguments: given, piped }: Invocation): GoValue | undefined {
  const stopsAt = name === 'or'
  let value: GoValue | undefined
  for (const evaluate of given) {
    value = evaluate('any')
    if (isTrue(unwrapInterface(value)) === stopsAt) return value
  }
  return piped === missing ? value : piped
}

function parameterAt({ parameters, isVariadic }: TemplateFunction, index: number): Parameter {
  const last = parameters.length - 1
  return parameters[isVariadic === true ? Math.min(index, last) : index] ?? 'any'
}

function checkType(state: State, value: GoValue | undefined, parameter: Parameter): GoValue | undefined {
  if (parameter === 'any') return value
  if (value === undefined) {
    if (['slice', 'map', 'pointer', 'interface'].includes(parameter.kind))
      return { type: parameter, raw: zero(parameter) }
    return failAt(state, `invalid value; expected ${typeName(parameter)}`)
  }
  if (isAssignable(value.type, parameter)) return value
  const inner = unwrapInterface(value)
  if (inner !== undefined && isAssignable(inner.type, parameter)) return inner
  if (value.type.kind === 'pointer' && isAssignable(value.type.element, parameter)) {
    if (value.raw === null) failAt(state, `dereference of nil pointer of type ${typeName(parameter)}`)
    return { type: parameter, raw: value.raw }
  }
  const shown = typeName((inner ?? value).type)
  return failAt(state, `wrong type for value; expected ${typeName(parameter)}; got ${shown}`)
}
