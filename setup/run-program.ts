import { spawn } from 'node:child_process'

export interface ProgramResult {
  /** 0 on success; 127 when the program does not exist, 128 + n after signal n was sent. */
  exitCode: number
  /** Standard output and standard error in the order they came. */
  output: string
  elapsedMs: number
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv
  cwd?: string
  signal?: AbortSignal
}

const outputBytesMax = 4 << 20

/** Runs a program to its end without input and keeps what it says. Never rejects: a failure is an exit code. */
export function runProgram(command: readonly string[], options: RunOptions = {}): Promise<ProgramResult> {
  const started = performance.now()
  const { promise, resolve } = Promise.withResolvers<ProgramResult>()
  const [program = '', ...args] = command
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (chunk: Buffer) => {
    if (output.length < outputBytesMax) output += chunk.toString()
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const end = (exitCode: number) => resolve({ exitCode, output, elapsedMs: performance.now() - started })
  child.on('error', (error) => {
    output += `${error.message}\n`
    end(127)
  })
  child.on('close', (code) => end(code ?? 128))
  return promise
}
