/** Docker cuts lines into pieces of this size. */
export const maxPieceBytes = 16_384
const newline = 0x0a

export interface LogPiece {
  line: Uint8Array
  isComplete: boolean
}

/** Cuts one output stream into log lines, and over-long lines into pieces. */
export class LogLineCutter {
  #kept: Uint8Array = new Uint8Array(0)

  /** The lines and pieces that `chunk` completes; views of it where they can be. */
  push(chunk: Uint8Array): LogPiece[] {
    const pieces: LogPiece[] = []
    let rest = this.#kept.length === 0 ? chunk : Buffer.concat([this.#kept, chunk])
    while (rest.length > 0) {
      const end = rest.subarray(0, maxPieceBytes).indexOf(newline)
      if (end < 0 && rest.length < maxPieceBytes) break
      pieces.push({ line: rest.subarray(0, end < 0 ? maxPieceBytes : end), isComplete: end >= 0 })
      rest = rest.subarray(end < 0 ? maxPieceBytes : end + 1)
    }
    // A copy: a small rest must not hold the whole chunk in memory.
    this.#kept = new Uint8Array(rest)
    return pieces
  }

  /** What is left when the stream has ended. */
  end(): LogPiece[] {
    const line = this.#kept
    this.#kept = new Uint8Array(0)
    return line.length === 0 ? [] : [{ line, isComplete: false }]
  }
}
