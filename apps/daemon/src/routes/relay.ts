import { DetachWatch } from '@berth/engine'
import type { AttachStream } from '@berth/runtime'
import type { HijackedConnection } from '../server/hijack.ts'

export interface RelayOptions {
  /** What the client sends goes to the process. */
  hasInput: boolean
  /** Keys that leave without ending the process; undefined where there is no terminal to type them in. */
  detachKeys: Uint8Array | undefined
  /** Sent before the live output. */
  before?: AsyncIterable<Uint8Array>
  /** Aborts when the client has left. */
  signal: AbortSignal
}

/**
 * Joins a client's connection to the streams of a process: output until the process ends, input until the client has no
 * more. Settles when the output has ended, when the client has left, or when it typed the detach keys.
 */
export async function relay(
  connection: HijackedConnection,
  stream: AttachStream,
  options: RelayOptions,
): Promise<void> {
  const output = sendOutput(connection, stream, options.before)
  const input = options.hasInput
    ? receiveInput(connection.input, stream, options.detachKeys)
    : drain(connection.input)
  const { promise: left, resolve: leave } = Promise.withResolvers<void>()
  const onAbort = () => leave()
  options.signal.addEventListener('abort', onAbort, { once: true })
  if (options.signal.aborted) leave()
  try {
    // The end of input does not end the relay: the process may still have much to say.
    await Promise.race([output, left, input.then((outcome) => (outcome === 'detached' ? undefined : output))])
  } catch (error) {
    if (!options.signal.aborted) throw error
  } finally {
    options.signal.removeEventListener('abort', onAbort)
    await stream[Symbol.asyncDispose]()
    // Whichever is still under way ends with the stream; its failure then is nobody's concern.
    await Promise.allSettled([output])
    input.catch(() => undefined)
  }
}

async function sendOutput(
  connection: HijackedConnection,
  stream: AttachStream,
  before: AsyncIterable<Uint8Array> | undefined,
): Promise<void> {
  if (before) for await (const chunk of before) await connection.write(chunk)
  for await (const chunk of stream.output) await connection.write(chunk)
}

async function receiveInput(
  input: AsyncIterable<Uint8Array>,
  stream: AttachStream,
  detachKeys: Uint8Array | undefined,
): Promise<'ended' | 'detached'> {
  const watch = detachKeys && new DetachWatch(detachKeys)
  for await (const chunk of input) {
    const { forward, isDetached } = watch?.filter(chunk) ?? { forward: chunk, isDetached: false }
    if (forward.length > 0) await stream.write(forward)
    if (isDetached) return 'detached'
  }
  stream.endInput()
  return 'ended'
}

/** Reads on, so that the client's leaving is seen. */
async function drain(input: AsyncIterable<Uint8Array>): Promise<'ended'> {
  for await (const _ of input) continue
  return 'ended'
}
