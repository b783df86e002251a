/**
 * The memory of a stream whose pieces are lent: each is good until the next but one is asked for, so one may be written while
 * the next is made. Fresh memory for each piece costs the kernel a page at a time, and the collector a walk.
 */
export class LentMemory {
  readonly #buffers: readonly Buffer[]
  #turn = 0

  /** `pieces` is one more where the stream is ahead of its reader by one. */
  constructor(pieceBytes: number, pieces = 2) {
    this.#buffers = Array.from({ length: pieces }, () => Buffer.allocUnsafeSlow(pieceBytes))
  }

  /** Where the next piece goes. */
  next(): Buffer {
    this.#turn = (this.#turn + 1) % this.#buffers.length
    return this.#buffers[this.#turn] as Buffer
  }
}
