/** One piece of a program: machine code or data that may refer to labels, or a label itself. */
export interface Piece {
  label?: string
  sizeBytes: number
  /** The bytes, for a piece that begins at `at`; `addressOf` gives the offset of a label from the program's start. */
  encode(at: number, addressOf: (label: string) => number): readonly number[]
}

export function label(name: string): Piece {
  return { label: name, sizeBytes: 0, encode: () => [] }
}

export function data(bytes: Uint8Array): Piece {
  return { sizeBytes: bytes.length, encode: () => [...bytes] }
}

/** Lays the pieces one after another and resolves what they say of each other. */
export function assemble(pieces: readonly Piece[]): Buffer {
  const labels = new Map<string, number>()
  let sizeBytes = 0
  for (const piece of pieces) {
    if (piece.label !== undefined) labels.set(piece.label, sizeBytes)
    sizeBytes += piece.sizeBytes
  }
  const addressOf = (name: string) => {
    const address = labels.get(name)
    if (address === undefined) throw new TypeError(`Cannot assemble: no label ${name}`)
    return address
  }
  const code: number[] = []
  for (const piece of pieces) code.push(...piece.encode(code.length, addressOf))
  return Buffer.from(code)
}
