const headerBytes = 4

/** Takes apart the input side of an attach connection (see protocol.ts), however its bytes are cut into chunks. */
export class InputBlocks {
  #header = Buffer.alloc(0)
  #remaining = 0
  #isEnd = false

  /** The data in `chunk`; `isEnd` when the input was ended, after which nothing counts. */
  push(chunk: Buffer): { data: Buffer[]; isEnd: boolean } {
    const data: Buffer[] = []
    let rest = chunk
    while (rest.length > 0 && !this.#isEnd) {
      rest = this.#remaining > 0 ? this.#takeData(rest, data) : this.#takeHeader(rest)
    }
    return { data, isEnd: this.#isEnd }
  }

  #takeData(chunk: Buffer, data: Buffer[]): Buffer {
    const part = chunk.subarray(0, this.#remaining)
    this.#remaining -= part.length
    data.push(part)
    return chunk.subarray(part.length)
  }

  #takeHeader(chunk: Buffer): Buffer {
    const missing = headerBytes - this.#header.length
    this.#header = Buffer.concat([this.#header, chunk.subarray(0, missing)])
    if (this.#header.length === headerBytes) {
      this.#remaining = this.#header.readUInt32BE()
      this.#header = Buffer.alloc(0)
      this.#isEnd = this.#remaining === 0
    }
    return chunk.subarray(missing)
  }
}

/** The inverse: one block of input. An empty one would end the input, so it makes none. */
export function inputBlock(data: Uint8Array): Uint8Array[] {
  if (data.length === 0) return []
  const header = Buffer.alloc(headerBytes)
  header.writeUInt32BE(data.length)
  return [header, data]
}

export const endOfInput: Uint8Array = Buffer.alloc(headerBytes)
