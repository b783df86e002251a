import { CodedError } from './coded-error.ts'

/**
 * Reads a body into memory, at most `limitBytes`; a longer one is refused with code `invalid-argument` before it is
 * kept. `what` names the body in the error.
 */
export async function readBounded(
  body: AsyncIterable<Uint8Array>,
  limitBytes: number,
  what: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of body) {
    sizeBytes += chunk.length
    if (sizeBytes > limitBytes) {
      throw new CodedError('invalid-argument', `Cannot read ${what}: larger than ${limitBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
