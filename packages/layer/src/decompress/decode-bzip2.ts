import { CodedError, isCoded, messageOf } from '@berth/stdx'
import Bunzip from 'seek-bzip'
import type { PieceExchange } from './piece-exchange.ts'

const outputBytes = 256 * 1024

/** Stream after stream, as parallel compressors write them. */
export function decodeBzip2(pieces: PieceExchange): void {
  const output = new Output(pieces)
  try {
    Bunzip.decode(new Input(pieces), output, true)
  } catch (error) {
    if (isCoded(error)) throw error
    throw new CodedError('invalid-argument', `Cannot decompress bzip2: ${messageOf(error)}`, { cause: error })
  }
  output.flush()
}

class Input extends Bunzip.Stream {
  readonly #pieces: PieceExchange
  #piece: Uint8Array | undefined = new Uint8Array()
  #position = 0

  constructor(pieces: PieceExchange) {
    super()
    this.#pieces = pieces
  }

  eof(): boolean {
    while (this.#piece && this.#position >= this.#piece.length) {
      this.#piece = this.#pieces.take()
      this.#position = 0
    }
    return this.#piece === undefined
  }

  readByte(): number {
    if (this.eof()) throw new CodedError('data-loss', 'Cannot decompress bzip2: unexpected end of file')
    return this.#piece?.[this.#position++] ?? 0
  }
}

class Output {
  readonly #pieces: PieceExchange
  #buffer = new Uint8Array(outputBytes)
  #length = 0

  constructor(pieces: PieceExchange) {
    this.#pieces = pieces
  }

  writeByte(byte: number): void {
    this.#buffer[this.#length++] = byte
    if (this.#length === outputBytes) this.flush()
  }

  flush(): void {
    this.#pieces.give(this.#buffer.subarray(0, this.#length))
    this.#buffer = new Uint8Array(outputBytes)
    this.#length = 0
  }
}
