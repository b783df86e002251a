import koffi from 'koffi'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'

/** Inflates gzip members one after the other, on threads of the pool; one call at a time. */
export interface GzipDecoder {
  /** What comes next is the header of a member. */
  begin(): void
  /**
   * Fills `output` from `input` as far as either goes; both are the decoder's until then. Once `isEnd`, the checksum and the
   * length of the member were right.
   */
  decode(input: Uint8Array, output: Uint8Array): Promise<DecodedPart>
}

export interface DecodedPart {
  /** What was taken of the input; the decoder may keep some of it for the next call. */
  readBytes: number
  writtenBytes: number
  isEnd: boolean
  /** Why this is no gzip, in zlib's words; the decoder is of no more use until it begins anew. */
  fault?: string
}

/** ISA-L's, by the name that its versions since 2018 have. */
const libraryName = 'libisal.so.2'

/** `struct inflate_state` of igzip_lib.h as 2.30 has it where pointers have 64 bits; a sample tells whether it is so here. */
const stateOffsets = {
  nextOut: 0,
  availableOut: 8,
  nextIn: 16,
  availableIn: 32,
  blockState: 21160,
  checksumKind: 21172,
} as const
/** The structure has 87,368. */
const stateBytes = 96 * 1024
/** `ISAL_GZIP`: header and trailer are read too. */
const gzipKind = 1
/** `ISAL_BLOCK_FINISH`. */
const finished = 5

/** Of a header (RFC 1952, section 2.3), as far as zlib looks at it before the rest is there. */
const checkedBytes = 4
const deflateMethod = 8
const reservedFlags = 0xe0

/** Answers of `isal_inflate` that say what is wrong. */
const faults: Readonly<Record<number, string>> = {
  [-1]: 'invalid block',
  [-2]: 'invalid code',
  [-3]: 'invalid distance too far back',
  [-4]: 'incorrect header check',
  [-5]: 'unknown compression method',
  [-6]: 'incorrect data check',
}

interface Functions {
  init: (state: Uint8Array) => void
  inflate: (state: Uint8Array) => number
  inflateInPool: (state: Uint8Array) => Promise<number>
}

/** Null until they were looked for, once. */
let functions: Functions | undefined | null = null

/** Opens a decoder of the system's ISA-L, about three times as fast as zlib; undefined where it is not, or is none that we know. */
export function openGzipDecoder(): GzipDecoder | undefined {
  if (functions === null) functions = loadFunctions()
  return functions && new IsalDecoder(functions)
}

function loadFunctions(): Functions | undefined {
  const loaded = tryLoad()
  return loaded && isAsKnown(loaded) ? loaded : undefined
}

function tryLoad(): Functions | undefined {
  try {
    const library = koffi.load(libraryName)
    const inflate = library.func('int isal_inflate(uint8_t *state)')
    return {
      init: library.func('void isal_inflate_init(uint8_t *state)') as Functions['init'],
      inflate: inflate as Functions['inflate'],
      inflateInPool: promisify(inflate.async) as Functions['inflateInPool'],
    }
  } catch {
    return undefined
  }
}

/** Whether the structure is laid out as above: what is compressed here comes out again, and its end is found. */
function isAsKnown({ init, inflate }: Functions): boolean {
  const text = Buffer.from('berth '.repeat(100))
  const output = Buffer.alloc(2 * text.length)
  const state = new InflateState()
  init(state.bytes)
  state.begin()
  const input = gzipSync(text)
  state.offer(input, output)
  const { isEnd, writtenBytes } = state.result(inflate(state.bytes), input, output)
  return isEnd && output.subarray(0, writtenBytes).equals(text)
}

/** The fields of the structure that callers set and read. */
class InflateState {
  readonly bytes = new Uint8Array(stateBytes)
  readonly #view = new DataView(this.bytes.buffer)

  begin(): void {
    this.#view.setUint32(stateOffsets.checksumKind, gzipKind, true)
  }

  offer(input: Uint8Array, output: Uint8Array): void {
    const view = this.#view
    view.setBigUint64(stateOffsets.nextIn, koffi.address(input), true)
    view.setUint32(stateOffsets.availableIn, input.length, true)
    view.setBigUint64(stateOffsets.nextOut, koffi.address(output), true)
    view.setUint32(stateOffsets.availableOut, output.length, true)
  }

  result(code: number, input: Uint8Array, output: Uint8Array): DecodedPart {
    const view = this.#view
    const part = {
      readBytes: input.length - view.getUint32(stateOffsets.availableIn, true),
      writtenBytes: output.length - view.getUint32(stateOffsets.availableOut, true),
      isEnd: code === 0 && view.getUint32(stateOffsets.blockState, true) === finished,
    }
    const isStuck = !part.isEnd && part.readBytes + part.writtenBytes === 0 && input.length > 0
    if (code === 0 && !isStuck) return part
    return { ...part, fault: faults[code] ?? `the decoder does not go on (${code})` }
  }
}

class IsalDecoder implements GzipDecoder {
  readonly #functions: Functions
  readonly #state = new InflateState()
  readonly #start = new Uint8Array(checkedBytes)
  #startBytes = 0

  constructor(functions: Functions) {
    this.#functions = functions
  }

  begin(): void {
    this.#functions.init(this.#state.bytes)
    this.#state.begin()
    this.#startBytes = 0
  }

  async decode(input: Uint8Array, output: Uint8Array): Promise<DecodedPart> {
    const fault = this.#checkStart(input)
    if (fault !== undefined) return { readBytes: 0, writtenBytes: 0, isEnd: false, fault }
    this.#state.offer(input, output)
    const code = await this.#functions.inflateInPool(this.#state.bytes)
    return this.#state.result(code, input, output)
  }

  /** The library looks at a header when it has all of it, and not at the flags that RFC 1952 keeps at zero. */
  #checkStart(input: Uint8Array): string | undefined {
    if (this.#startBytes === checkedBytes) return undefined
    const taken = input.subarray(0, checkedBytes - this.#startBytes)
    this.#start.set(taken, this.#startBytes)
    this.#startBytes += taken.length
    const [first, second, method, flags = 0] = this.#start
    if (this.#startBytes >= 2 && (first !== 0x1f || second !== 0x8b)) return 'incorrect header check'
    if (this.#startBytes < checkedBytes) return undefined
    if (method !== deflateMethod) return 'unknown compression method'
    return (flags & reservedFlags) === 0 ? undefined : 'unknown header flags set'
  }
}
