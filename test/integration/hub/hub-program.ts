import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export const launcher = join(import.meta.dirname, '../../../bin/berth-hub')

interface StartedProgram {
  child: ChildProcess
  url: string
}

/** As `startServing`, a hub in which everyone may do everything. */
export async function startProgram(
  stack: AsyncDisposableStack,
  data: string,
  more: readonly string[] = [],
): Promise<StartedProgram> {
  return startServing(stack, data, ['--access', 'open', ...more])
}

/** Starts the program and waits for the line that says where it listens; `stack` ends it if it still runs then. */
export async function startServing(
  stack: AsyncDisposableStack,
  data: string,
  more: readonly string[] = [],
): Promise<StartedProgram> {
  return startProgramWith(stack, { data, more, environment: {} })
}

/** As `startServing`, with more in its environment. */
export async function startProgramWith(
  stack: AsyncDisposableStack,
  options: { data: string; more: readonly string[]; environment: Readonly<Record<string, string>> },
): Promise<StartedProgram> {
  const { data, more, environment } = options
  const args = ['serve', '--listen', '127.0.0.1:0', '--data', data, '--log-level', 'warn', ...more]
  const child = spawn(launcher, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  stack.defer(() => kill(child))
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>,
    once(child, 'exit').then(([code]): [string] => assert.fail(`berth-hub ended with ${String(code)}`)),
  ])
  const url = /^berth-hub listens on (https?:\S+)$/.exec(line)?.[1] ?? assert.fail(line)
  return { child, url }
}

/** Ends a program as a crash would; ended already is fine. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
