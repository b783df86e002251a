import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** A running server whose output goes to a file. Disposal ends it and waits for that. */
export interface Program extends AsyncDisposable {
  /** Gives the milliseconds since its start when `isReady` first holds; throws with its output when it ends before. */
  readyAfterMs: (isReady: () => Promise<boolean>) => Promise<number>
}

const readyTimeoutMs = 30_000
const stopGraceMs = 20_000

export function startProgram([program = '', ...args]: readonly string[], log: string): Program {
  const output = openSync(log, 'a')
  const started = performance.now()
  const child = spawn(program, args, { stdio: ['ignore', output, output] })
  closeSync(output)
  const failure = async (what: string) =>
    new Error(`${program} ${args.join(' ')} ${what}:\n${(await readFile(log, 'utf8')).slice(-2000)}`)
  return {
    readyAfterMs: async (isReady) => {
      while (!(await isReady())) {
        if (child.exitCode !== null || child.signalCode !== null) throw await failure('ended')
        if (performance.now() - started > readyTimeoutMs) throw await failure('is not ready')
        await delay(2)
      }
      return performance.now() - started
    },
    [Symbol.asyncDispose]: () => end(child),
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const insist = setTimeout(() => child.kill('SIGKILL'), stopGraceMs)
  await exited
  clearTimeout(insist)
}
