import { Readable, Writable } from 'node:stream'
import { main } from '../command/main.ts'
import type { Input, Output } from '../command/io.ts'

export interface Outcome {
  status: number
  stdout: string
  stderr: string
}

export interface RunOptions {
  env?: Readonly<Record<string, string>>
  folder?: string
  stdin?: string
  /** What is typed on a terminal, each when the program asks again. */
  typed?: readonly string[]
  /** Milliseconds since the epoch. */
  now?: number
  /** Columns of the terminal that stdout is; absent is none. */
  columns?: number
}

/** Runs one command line in this process with streams of its own. */
export async function runBerth(words: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { env = {}, folder = '/', stdin = '', typed, now = Date.now(), columns } = options
  const stdout = collector()
  const stderr = collector()
  const terminal = columns === undefined ? {} : { isTTY: true, columns, rows: 24 }
  const input = typed ? keyboard(typed) : Readable.from([Buffer.from(stdin)])
  const status = await main(words, {
    stdin: input,
    stdout: Object.assign(stdout.output, terminal),
    stderr: stderr.output,
    env: { DOCKER_CONFIG: '/nonexistent', ...env },
    folder,
    now: () => now,
    onSignal: () => ({ [Symbol.dispose]: () => {} }),
  })
  return { status, stdout: stdout.text(), stderr: stderr.text() }
}

/** Gives a line each time that one is asked for. */
function keyboard(typed: readonly string[]): Input {
  const lines = [...typed]
  const stream = new Readable({ highWaterMark: 1, read: () => void stream.push(lines.shift() ?? null) })
  return Object.assign(stream, { isTTY: true, setRawMode: () => stream })
}

function collector(): { output: Output; text: () => string } {
  const chunks: Buffer[] = []
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { output, text: () => Buffer.concat(chunks).toString() }
}
