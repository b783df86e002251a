import { CodedError, readAhead } from '@berth/stdx'
import type { GzipDecoder } from '@berth/syscalls'
import { LentMemory } from '../lent-memory.ts'

/** Stays in a processor's cache until it is hashed and written. */
const pieceBytes = 512 * 1024

/**
 * The bytes of all members of a gzip file, in lent pieces. As Node's gunzip has it: zeros behind a member are padding and end
 * the file, anything else has to be another member.
 */
export async function* inflateMembers(
  source: AsyncIterable<Uint8Array>,
  decoder: GzipDecoder,
): AsyncGenerator<Uint8Array> {
  yield* readAhead(inflate(source, decoder))
}

async function* inflate(source: AsyncIterable<Uint8Array>, decoder: GzipDecoder): AsyncGenerator<Uint8Array> {
  const members = new MemberReader(decoder)
  for await (const piece of source) {
    yield* members.read(piece)
    if (members.place === 'padding') break
  }
  if (members.place === 'start' || members.place === 'member')
    throw new CodedError('data-loss', 'Cannot decompress gzip: unexpected end of file')
  yield* members.takeFilled()
}

class MemberReader {
  place: 'start' | 'member' | 'between' | 'padding' = 'start'
  readonly #decoder: GzipDecoder
  readonly #memory = new LentMemory(pieceBytes, 3)
  #output = this.#memory.next()
  #filledBytes = 0

  constructor(decoder: GzipDecoder) {
    this.#decoder = decoder
  }

  /** All that comes out of `piece`, but for what does not fill a piece yet. */
  async *read(piece: Uint8Array): AsyncGenerator<Uint8Array> {
    let input = piece
    while (this.#isInMember(input)) {
      const room = this.#output.subarray(this.#filledBytes)
      const { fault, ...part } = await this.#decoder.decode(input, room)
      if (fault !== undefined) throw new CodedError('invalid-argument', `Cannot decompress gzip: ${fault}`)
      input = input.subarray(part.readBytes)
      this.#filledBytes += part.writtenBytes
      const isFull = this.#filledBytes === this.#output.length
      if (isFull) yield* this.takeFilled()
      if (part.isEnd) this.place = 'between'
      // Without room the decoder may have kept something back.
      else if (input.length === 0 && !isFull) return
    }
  }

  *takeFilled(): Generator<Uint8Array> {
    const filled = this.#output.subarray(0, this.#filledBytes)
    this.#output = this.#memory.next()
    this.#filledBytes = 0
    if (filled.length > 0) yield filled
  }

  /** Begins the member that `input` starts with, unless one is under way. */
  #isInMember(input: Uint8Array): boolean {
    if (this.place === 'member') return true
    if (this.place === 'between' && input[0] === 0) this.place = 'padding'
    if (this.place === 'padding' || input.length === 0) return false
    this.#decoder.begin()
    this.place = 'member'
    return true
  }
}
