const poolBytes = 8 * 1024 * 1024

/** Numbers that look random and are the same in every run (xorshift). */
export function createNumbers(seed: number): () => number {
  let state = seed >>> 0 || 1
  return () => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
}

export type SampleKind = 'text' | 'binary'

/**
 * Gives bytes that compress as files of images do: text to about a quarter, binaries to less than half. They are cut from
 * pools far larger than the window of gzip, so that no file is found again in another.
 */
export function createSampler(): (kind: SampleKind, size: { at: number; sizeBytes: number }) => Buffer {
  const pools = { text: textPool(), binary: binaryPool() }
  return (kind, { at, sizeBytes }) => {
    const pool = pools[kind]
    const start = Math.floor(at * (pool.length - 1))
    if (start + sizeBytes <= pool.length) return pool.subarray(start, start + sizeBytes)
    const bytes = Buffer.alloc(sizeBytes)
    pool.copy(bytes, 0, start)
    for (let done = pool.length - start; done < sizeBytes; done += pool.length) pool.copy(bytes, done)
    return bytes
  }
}

function textPool(): Buffer {
  const next = createNumbers(17)
  const letters = (length: number) =>
    String.fromCharCode(...Array.from({ length }, () => 97 + Math.floor(next() * 26)))
  const words = Array.from({ length: 900 }, () => letters(3 + Math.floor(next() * 8)))
  const word = () => words[Math.floor(next() * words.length)] ?? ''
  const pool = Buffer.alloc(poolBytes)
  for (let at = 0; at < poolBytes;)
    at += pool.write(
      `const ${word()} = require('./${word()}');\nexports.${word()} = (${word()}) => ${word()}.${word()}(${Math.floor(next() * 1e6)});\n`,
      at,
    )
  return pool
}

/** Records of which some bytes vary and most do not, as in tables and machine code. */
function binaryPool(): Buffer {
  const next = createNumbers(23)
  const pool = Buffer.alloc(poolBytes)
  for (let at = 0; at < poolBytes; at += 6) {
    const value = Math.floor(next() * next() * 256)
    pool[at] = value
    pool[at + 1] = next() < 0.15 ? Math.floor(next() * 256) : value & 0x0f
    pool[at + 2] = next() < 0.2 ? value : 0x48
  }
  return pool
}
