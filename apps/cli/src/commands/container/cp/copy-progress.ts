import { formatSize } from '@berth/api'
import type { Io, Output } from '../../../command/io.ts'

const updateMs = 75
const significantDigits = 3

const sequences = {
  save: '\x1b[s',
  restore: '\x1b[u',
  eraseLine: '\x1b[2K',
  eraseRest: '\x1b[0K',
  hideCursor: '\x1b[?25l',
  showCursor: '\x1b[?25h',
} as const

export interface CopyProgress {
  /** `copying to container`, or from it. */
  header: string
  /** Where it went, for the last line. */
  target: string
  isQuiet: boolean
}

/**
 * Runs `copy` with a function that counts the bytes that pass, shows on a terminal how many they are meanwhile, and says
 * in the end how many they were.
 */
export async function withProgress(
  { header, target, isQuiet }: CopyProgress,
  { stderr }: Pick<Io, 'stderr'>,
  copy: (counted: (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  let copiedBytes = 0
  async function* counted(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      copiedBytes += piece.length
      yield piece
    }
  }
  if (isQuiet) return copy(counted)
  {
    using _display = stderr.isTTY ? display(header, stderr, () => copiedBytes) : undefined
    await copy(counted)
  }
  stderr.write(`Successfully copied ${formatSize(copiedBytes, significantDigits)} to ${target}\n`)
}

/** One line that is drawn again until disposed; then it is gone. */
function display(header: string, output: Output, copiedBytes: () => number): Disposable {
  const column = header.length + 1
  let shown = 0
  output.write(`${sequences.save}${sequences.hideCursor}${header}${formatSize(0, significantDigits)}`)
  const timer = setInterval(() => {
    const now = copiedBytes()
    if (now === shown) return
    shown = now
    output.write(`\x1b[${column}G${sequences.eraseRest}${formatSize(now, significantDigits)}`)
  }, updateMs)
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer)
      output.write(`${sequences.restore}${sequences.eraseLine}${sequences.showCursor}`)
    },
  }
}
