import type { Io } from '../command/io.ts'
import { setTimeout as delay } from 'node:timers/promises'

export interface TerminalSize {
  height: number
  width: number
}

const attempts = 10
const firstDelayMs = 10

/** Tells the size of our terminal now and at each change until disposed. A process that is not up yet is told again. */
export function followSize(io: Io, resize: (size: TerminalSize) => Promise<void>): Disposable {
  const tell = () => {
    const { rows: height, columns: width } = io.stdout
    if (height && width) void retry(() => resize({ height, width }))
  }
  tell()
  return io.onSignal('SIGWINCH', tell)
}

async function retry(action: () => Promise<void>): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      return await action()
    } catch {
      // Its size is a comfort: a process that has ended or never takes one is no failure.
      await delay(firstDelayMs * attempt)
    }
  }
}
