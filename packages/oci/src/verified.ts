import { CodedError } from '@berth/stdx'
import { digestAlgorithm, Digester } from './digest.ts'
import type { Descriptor } from './descriptor.ts'

/**
 * Passes a body through and checks its size and digest against the descriptor. It throws `data-loss` before the last
 * byte is handed on, so a reader that saw the end of the stream has the right bytes.
 */
export async function* verified(
  body: AsyncIterable<Uint8Array>,
  descriptor: Pick<Descriptor, 'digest' | 'size'>,
): AsyncGenerator<Uint8Array> {
  const digester = new Digester(digestAlgorithm(descriptor.digest))
  let held: Uint8Array | undefined
  for await (const chunk of body) {
    // An empty chunk at the end would let the last bytes out before they are checked.
    if (chunk.length === 0) continue
    digester.update(chunk)
    if (digester.sizeBytes > descriptor.size) {
      throw new CodedError(
        'data-loss',
        `Cannot verify ${descriptor.digest}: longer than ${descriptor.size} bytes`,
      )
    }
    if (held) yield held
    held = chunk
  }
  if (digester.sizeBytes !== descriptor.size) {
    throw new CodedError(
      'data-loss',
      `Cannot verify ${descriptor.digest}: got ${digester.sizeBytes} of ${descriptor.size} bytes`,
    )
  }
  const actual = digester.digest()
  if (actual !== descriptor.digest) {
    throw new CodedError('data-loss', `Cannot verify ${descriptor.digest}: content has digest ${actual}`)
  }
  if (held) yield held
}
