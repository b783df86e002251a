import { CodedError } from '@berth/stdx'

/** A member of an object where it stands in its text. */
export interface JsonMember {
  key: string
  keyStart: number
  valueStart: number
  valueEnd: number
}

export interface ScannedObject {
  members: readonly JsonMember[]
  /** Of its brackets. */
  start: number
  end: number
}

const tokens = {
  space: /[ \t\r\n]*/y,
  /** Of the control characters, those above ASCII stand for themselves. */
  string: /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy,
  scalar: /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y,
}
const depthMax = 100

/** Where the members of the object are that `text` is. Throws `invalid-argument` with line and column when it is none. */
export function scanObject(text: string): ScannedObject {
  return new JsonScanner(text).scan()
}

class JsonScanner {
  readonly #text: string
  #position = 0

  constructor(text: string) {
    this.#text = text
  }

  scan(): ScannedObject {
    this.#take('space')
    if (this.#text[this.#position] !== '{') throw this.#expected('"{"')
    const object = this.#object(0)
    this.#take('space')
    if (this.#position < this.#text.length) throw this.#expected('nothing more')
    return object
  }

  #object(depth: number): ScannedObject {
    const start = this.#position++
    const members: JsonMember[] = []
    this.#take('space')
    if (!this.#skip('}')) {
      do members.push(this.#member(depth))
      while (this.#skip(','))
      if (!this.#skip('}')) throw this.#expected('"," or "}"')
    }
    return { members, start, end: this.#position }
  }

  #member(depth: number): JsonMember {
    this.#take('space')
    const keyStart = this.#position
    const key = this.#take('string')
    if (key === undefined) throw this.#expected('a key in double quotes')
    this.#take('space')
    if (!this.#skip(':')) throw this.#expected('":"')
    this.#take('space')
    const valueStart = this.#position
    this.#value(depth)
    const valueEnd = this.#position
    this.#take('space')
    return { key: JSON.parse(key) as string, keyStart, valueStart, valueEnd }
  }

  #value(depth: number): void {
    if (depth > depthMax) throw this.#expected('fewer brackets within each other')
    if (this.#text[this.#position] === '{') this.#object(depth + 1)
    else if (this.#skip('[')) this.#array(depth)
    else if ((this.#take('string') ?? this.#take('scalar')) === undefined) throw this.#expected('a value')
  }

  #array(depth: number): void {
    this.#take('space')
    if (this.#skip(']')) return
    do {
      this.#take('space')
      this.#value(depth + 1)
      this.#take('space')
    } while (this.#skip(','))
    if (!this.#skip(']')) throw this.#expected('"," or "]"')
  }

  #take(name: keyof typeof tokens): string | undefined {
    const token = tokens[name]
    token.lastIndex = this.#position
    const [found] = token.exec(this.#text) ?? []
    this.#position += found?.length ?? 0
    return found
  }

  #skip(character: string): boolean {
    if (this.#text[this.#position] !== character) return false
    this.#position++
    return true
  }

  #expected(what: string): CodedError {
    const lines = this.#text.slice(0, this.#position).split('\n')
    const column = (lines.at(-1)?.length ?? 0) + 1
    return new CodedError('invalid-argument', `line ${lines.length}, column ${column}: ${what} is expected`)
  }
}
