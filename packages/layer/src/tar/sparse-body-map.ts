import { malformed } from './malformed.ts'
import { parseDecimal } from './numbers.ts'
import { toFragments } from './sparse.ts'
import type { Fragment } from './tar-entry.ts'

/** The map at the start of a format 1.0 body: newline-ended numbers, first the count of pairs, filled up to a block. */
export class SparseBodyMap {
  readonly #bytesMax: number
  readonly #pieces: string[] = []
  #bytes = 0
  #lines = 0
  #linesWanted = 1

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Returns the map once it is whole. */
  push(block: Buffer): Fragment[] | undefined {
    this.#bytes += block.length
    if (this.#bytes > this.#bytesMax) throw malformed('a sparse map is too long')
    this.#pieces.push(block.toString('latin1'))
    for (const byte of block) if (byte === 0x0a) this.#lines++
    if (this.#lines > 0 && this.#linesWanted === 1) this.#linesWanted = 1 + 2 * this.#count()
    return this.#lines >= this.#linesWanted ? this.#fragments() : undefined
  }

  #count(): number {
    const text = this.#pieces.join('')
    const count = parseDecimal(text.slice(0, text.indexOf('\n')))
    if (count < 0) throw malformed('a sparse map has a negative length')
    return count
  }

  #fragments(): Fragment[] {
    return toFragments(this.#pieces.join('').split('\n').slice(1, this.#linesWanted).map(parseDecimal))
  }
}
