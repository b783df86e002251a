import { setTimeout as sleep } from 'node:timers/promises'
import { CodedError } from './coded-error.ts'

/**
 * Called where a process may end, after the step; what it throws is what the step would have thrown. Each package lists its
 * steps as a constant.
 */
export type Failpoint<Step extends string = string> = (step: Step) => void | Promise<void>

/** Nothing fails. */
export const noFailpoint: Failpoint = () => undefined

interface Term {
  /** How many passes it is for. */
  times: number
  run: (step: string) => void | Promise<void>
}

export interface FailpointOptions {
  /** Every step there is. */
  steps: readonly string[]
  /** Told of each pass of a step that has terms, before these act; passes count from 1. */
  onReached?: (step: string, pass: number) => void
}

/**
 * Makes steps fail as `text` says: `content.data-synced=2*off->1*kill;image.recorded=delay(50)`. The terms of a step follow
 * each other: `off` does nothing, `error(CODE)` throws a system error (default EIO), `kill` ends the process by SIGKILL,
 * `delay(ms)` waits, `panic` throws where nobody catches. One without a number is for all passes that follow; behind the last
 * nothing happens. Throws `invalid-argument` for what it does not know.
 */
export function armFailpoints(text: string, { steps, onReached }: FailpointOptions): Failpoint {
  const armed = new Map(text.split(';').map((part) => parsePart(part.trim(), steps)))
  const passes = new Map<string, number>()
  return (step) => {
    const terms = armed.get(step)
    if (!terms) return undefined
    const pass = (passes.get(step) ?? 0) + 1
    passes.set(step, pass)
    onReached?.(step, pass)
    return termOf(terms, pass)?.run(step)
  }
}

function termOf(terms: readonly Term[], pass: number): Term | undefined {
  let last = 0
  return terms.find(({ times }) => (last += times) >= pass)
}

function parsePart(part: string, steps: readonly string[]): [string, Term[]] {
  const [, step = '', terms = ''] = /^([^=]+)=(.+)$/.exec(part) ?? []
  if (!steps.includes(step)) throw refusal(part, `the steps are ${steps.join(', ')}`)
  return [step, terms.split('->').map((term) => parseTerm(term, part))]
}

function parseTerm(text: string, part: string): Term {
  const [, times, name = '', argument] = /^(?:(\d+)\*)?([a-z]+)(?:\((\w*)\))?$/.exec(text) ?? []
  const action = Object.hasOwn(actions, name) ? actions[name as keyof typeof actions] : undefined
  if (!action) throw refusal(part, `terms are [N*]${Object.keys(actions).join(', [N*]')}, joined by ->`)
  return { times: times === undefined ? Infinity : Number(times), run: (step) => action(step, argument) }
}

const actions = {
  off: () => undefined,
  error: (step: string, code = 'EIO') => {
    throw Object.assign(new Error(`${code}: failpoint ${step}`), { code })
  },
  // Nothing of this process goes on behind it: the kernel ends all its threads before the call returns.
  kill: () => void process.kill(process.pid, 'SIGKILL'),
  delay: (_step: string, ms = '0') => sleep(Number(ms)),
  panic: (step: string) => {
    process.nextTick(() => {
      throw new Error(`panic: failpoint ${step}`)
    })
    return Promise.withResolvers<void>().promise
  },
}

function refusal(part: string, hint: string): CodedError {
  return new CodedError('invalid-argument', `Cannot arm failpoint ${JSON.stringify(part)}`, { hint })
}
