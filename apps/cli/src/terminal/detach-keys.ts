import { CodedError } from '@berth/stdx'

export const defaultDetachKeys = 'ctrl-p,ctrl-q'

const asciiEnd = 128
const controlLetters = '@abcdefghijklmnopqrstuvwxyz[\\]^_'

/** `ctrl-p,ctrl-q` or `a,b` to the bytes that a terminal sends; throws `invalid-argument`. */
export function parseDetachKeys(text: string): Uint8Array {
  return Uint8Array.from(text.split(',').map(parseKey))
}

function parseKey(key: string): number {
  const control = /^ctrl-(.)$/.exec(key)?.[1]
  const code = control === undefined ? -1 : controlLetters.indexOf(control)
  if (code >= 0) return code
  if (key.length === 1 && key.charCodeAt(0) < asciiEnd) return key.charCodeAt(0)
  throw new CodedError('invalid-argument', `Unknown character: '${key}'`, {
    hint: 'Detach keys look like ctrl-p,ctrl-q.',
  })
}

/** Looks for a sequence of keys in what is typed. What could be its beginning is held back until it is not. */
export class DetachKeyFilter {
  readonly #keys: Uint8Array
  #matched = 0

  constructor(keys: Uint8Array) {
    this.#keys = keys
  }

  /** What to pass on, and whether the sequence is complete; what follows it is dropped. */
  push(chunk: Uint8Array): { data: Uint8Array; isDetached: boolean } {
    const passed: number[] = []
    for (const byte of chunk) {
      if (byte !== this.#keys[this.#matched]) {
        passed.push(...this.#keys.subarray(0, this.#matched))
        this.#matched = 0
      }
      if (byte === this.#keys[this.#matched]) this.#matched++
      else passed.push(byte)
      if (this.#matched === this.#keys.length) return { data: Uint8Array.from(passed), isDetached: true }
    }
    return { data: Uint8Array.from(passed), isDetached: false }
  }
}
