import { formatSize, type JsonMessage } from '@berth/api'
import type { Output } from '../command/io.ts'

const eraseLine = '\x1b[2K'
const defaultColumns = 80
/** Below this there is no room for a bar beside the numbers. */
const barColumnsMin = 110
const barWidth = 50

/**
 * Shows a stream of progress. On a terminal each id has its own line, drawn again as it goes on; elsewhere only changes
 * of state are printed, one a line.
 */
export class ProgressDisplay {
  readonly #output: Output
  /** The line of each id, counted from the first of this block. */
  readonly #lines = new Map<string, number>()

  constructor(output: Output) {
    this.#output = output
  }

  show(message: JsonMessage): void {
    if (this.#output.isTTY) this.#draw(message)
    else this.#print(message)
  }

  #print(message: JsonMessage): void {
    const { current = 0, total = 0 } = message.progressDetail ?? {}
    if (current > 0 || total > 0) return
    this.#output.write(message.stream ?? `${textOf(message)}\n`)
  }

  #draw(message: JsonMessage): void {
    const { id, progressDetail } = message
    if (id === undefined || progressDetail === undefined) {
      // A line of its own ends the block: what comes later starts below it.
      this.#lines.clear()
      this.#output.write(message.stream ?? `${textOf(message)}\n`)
      return
    }
    const line = this.#lines.get(id)
    if (line === undefined) this.#lines.set(id, this.#lines.size)
    const text = this.#cut(withProgress(message, this.#columns()))
    if (line === undefined) this.#output.write(`${text}\n`)
    else {
      const up = this.#lines.size - line
      this.#output.write(`\x1b[${up}A\r${eraseLine}${text}\r\x1b[${up}B`)
    }
  }

  #columns(): number {
    return this.#output.columns ?? defaultColumns
  }

  /** A line that the terminal wraps would no longer be one line to go back to. */
  #cut(text: string): string {
    return text.slice(0, Math.max(1, this.#columns() - 1))
  }
}

function textOf({ id, status = '' }: JsonMessage): string {
  return id ? `${id}: ${status}` : status
}

function withProgress(message: JsonMessage, columns: number): string {
  const { current = 0, total = 0, units, hidecounts } = message.progressDetail ?? {}
  if (current <= 0 && total <= 0) return textOf(message)
  const format = (value: number) => (units ? `${value} ${units}` : formatSize(value))
  if (total <= 0) return `${textOf(message)} ${format(current).padStart(8)}`
  const bar = columns > barColumnsMin ? `${formatBar(current / total)} ` : ''
  const isBounded = current <= total
  const counts = hidecounts ? '' : format(current).padStart(8) + (isBounded ? `/${format(total)}` : '')
  return `${textOf(message)} ${bar}${counts}`
}

function formatBar(fraction: number): string {
  const filled = Math.min(barWidth, Math.trunc(fraction * barWidth))
  return `[${'='.repeat(filled)}>${' '.repeat(barWidth - filled)}]`
}
