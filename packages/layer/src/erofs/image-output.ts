const pieceBytes = 1024 * 1024

/** Bytes that are written from front to back with gaps of zeros, handed out in large pieces. */
export class ImageOutput {
  /** The piece being filled; `seek` says where. */
  bytes = Buffer.alloc(pieceBytes)
  #start = 0
  #end = 0
  readonly #full: Buffer[] = []

  /** Moves to `offset`, never back; returns where it is in `bytes`, with room for `sizeBytes` zeros, at most a piece. */
  seek(offset: number, sizeBytes: number): number {
    while (offset + sizeBytes > this.#start + pieceBytes)
      this.#turn(Math.min(offset, this.#start + pieceBytes))
    this.#end = offset + sizeBytes
    return offset - this.#start
  }

  put(offset: number, content: Buffer): void {
    for (let done = 0; done < content.length; done += pieceBytes) {
      const part = content.subarray(done, done + pieceBytes)
      const at = this.seek(offset + done, part.length)
      part.copy(this.bytes, at)
    }
  }

  /** Pieces that are full. */
  *take(): Generator<Buffer> {
    if (this.#full.length > 0) yield* this.#full.splice(0)
  }

  *finish(): Generator<Buffer> {
    this.#turn(this.#end)
    yield* this.take()
  }

  #turn(end: number): void {
    this.#full.push(this.bytes.subarray(0, end - this.#start))
    this.bytes = Buffer.alloc(pieceBytes)
    this.#start = end
  }
}
