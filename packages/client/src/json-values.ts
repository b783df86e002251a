import { CodedError } from '@berth/stdx'

const valueBytesMax = 16 * 1024 * 1024
const quote = 0x22
const backslash = 0x5c
const opening = new Set([0x7b, 0x5b])
const closing = new Set([0x7d, 0x5d])

/**
 * The objects and arrays of a body that holds them one after the other, with any white space or none between them.
 * Throws `data-loss` when it ends inside one, `invalid-argument` on other text.
 */
export async function* jsonValues<T>(body: AsyncIterable<Uint8Array>): AsyncGenerator<T> {
  const scanner = new ValueScanner()
  for await (const chunk of body) {
    for (const text of scanner.push(chunk)) yield parseJson(text) as T
  }
  if (!scanner.isBetween) throw new CodedError('data-loss', 'unexpected EOF')
}

/** JSON.parse that keeps whole numbers beyond 2^53 exact, as bigint. */
export function parseJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text)
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
    return context?.source && /^-?\d+$/.test(context.source) ? BigInt(context.source) : value
  })
}

/** Finds where values end, by nesting alone; what is between must be white space. */
class ValueScanner {
  #pending: Uint8Array[] = []
  #pendingBytes = 0
  #depth = 0
  #isString = false
  #isEscaped = false

  get isBetween(): boolean {
    return this.#depth === 0
  }

  *push(chunk: Uint8Array): Generator<string> {
    let start = 0
    for (let i = 0; i < chunk.length; i++) {
      const isFirst = this.#depth === 0
      this.#step(chunk[i] ?? 0)
      if (isFirst) start = i
      if (!isFirst && this.#depth === 0) yield this.#take(chunk.subarray(start, i + 1))
    }
    if (this.#depth > 0) this.#keep(chunk.subarray(start))
  }

  #step(byte: number): void {
    if (this.#isString) {
      if (this.#isEscaped) this.#isEscaped = false
      else if (byte === backslash) this.#isEscaped = true
      else if (byte === quote) this.#isString = false
    } else if (opening.has(byte)) this.#depth++
    else if (this.#depth === 0) {
      if (byte > 0x20)
        throw new CodedError(
          'invalid-argument',
          `invalid character '${String.fromCharCode(byte)}' looking for beginning of value`,
        )
    } else if (closing.has(byte)) this.#depth--
    else if (byte === quote) this.#isString = true
  }

  #keep(part: Uint8Array): void {
    this.#pendingBytes += part.length
    if (this.#pendingBytes > valueBytesMax) {
      throw new CodedError(
        'invalid-argument',
        `Cannot read a value of the stream: larger than ${valueBytesMax} bytes`,
      )
    }
    this.#pending.push(Uint8Array.from(part))
  }

  #take(last: Uint8Array): string {
    const text = Buffer.concat([...this.#pending, last]).toString()
    this.#pending = []
    this.#pendingBytes = 0
    return text
  }
}
