import { FrameDecoder } from '@berth/api'
import { CodedError } from '@berth/stdx'
import { once } from 'node:events'
import type { Writable } from 'node:stream'

export interface OutputSinks {
  stdout: Writable
  stderr: Writable
}

/**
 * Copies what a container writes to `sinks`, taking frames apart when it is multiplexed (all but terminals). Waits for
 * slow sinks; throws the engine's words when it reports a failure inside the stream.
 */
export async function copyOutput(
  source: AsyncIterable<Uint8Array>,
  sinks: OutputSinks,
  isMultiplexed: boolean,
): Promise<void> {
  if (!isMultiplexed) {
    for await (const chunk of source) await write(sinks.stdout, chunk)
    return
  }
  const decoder = new FrameDecoder()
  for await (const chunk of source) {
    for (const { stream, payload } of decoder.push(chunk)) {
      if (stream === 'system')
        throw new CodedError('internal', `error from daemon in stream: ${Buffer.from(payload).toString()}`)
      await write(stream === 'stderr' ? sinks.stderr : sinks.stdout, payload)
    }
  }
}

async function write(sink: Writable, chunk: Uint8Array): Promise<void> {
  if (!sink.write(chunk)) await once(sink, 'drain')
}
