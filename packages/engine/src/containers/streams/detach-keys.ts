import { CodedError } from '@berth/stdx'

const defaultKeys = 'ctrl-p,ctrl-q'
/** `ctrl-` before one of these, as control characters 0x00 to 0x1f in order. */
const controlKeys = '@abcdefghijklmnopqrstuvwxyz[\\]^_'

/** `ctrl-a,b` to the bytes that a terminal sends for it; empty text means Docker's default. */
export function parseDetachKeys(text: string): Uint8Array {
  const keys = (text === '' ? defaultKeys : text).split(',')
  return Uint8Array.from(keys, (key) => {
    if (key.length === 1) return key.charCodeAt(0)
    const control = /^ctrl-(.)$/.exec(key)?.[1]
    const code = control === undefined ? -1 : controlKeys.indexOf(control.toLowerCase())
    if (code < 0) throw new CodedError('invalid-argument', `Unknown character: '${key}'`)
    return code
  })
}

/** Watches what a person types for the keys that mean "leave without ending the container". */
export class DetachWatch {
  readonly #keys: Uint8Array
  #matched = 0

  constructor(keys: Uint8Array) {
    this.#keys = keys
  }

  /** What to hand on of `chunk`. A sequence that has begun is held back until it is told from other input. */
  filter(chunk: Uint8Array): { forward: Uint8Array; isDetached: boolean } {
    const forward: number[] = []
    for (const byte of chunk) {
      if (byte !== this.#keys[this.#matched]) {
        forward.push(...this.#keys.subarray(0, this.#matched))
        this.#matched = 0
      }
      if (byte === this.#keys[this.#matched]) this.#matched++
      else forward.push(byte)
      if (this.#matched === this.#keys.length) return { forward: Uint8Array.from(forward), isDetached: true }
    }
    return { forward: Uint8Array.from(forward), isDetached: false }
  }
}
