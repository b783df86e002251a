import { CodedError, isCoded, messageOf } from '@berth/stdx'
import { parentPort, workerData } from 'node:worker_threads'
import { errorData } from '../threads/error-data.ts'
import type { DecoderReply, DecoderStart } from './decoder-messages.ts'
import { PieceExchange } from './piece-exchange.ts'

const port = parentPort
if (port === null) throw new CodedError('internal', 'Cannot run a decoder thread: not in a worker')

// In a bundle, the bzip2 decoder's way to make buffers would be told to the engine's standard error.
process.noDeprecation = true

const { compression, counters } = workerData as DecoderStart
const reply = (message: DecoderReply): void => port.postMessage(message)

try {
  const pieces = new PieceExchange(port, counters)
  if (compression === 'xz') await (await import('./decode-xz.ts')).decodeXz(pieces)
  else (await import('./decode-bzip2.ts')).decodeBzip2(pieces)
  reply({ type: 'end' })
} catch (error) {
  reply({
    type: 'failed',
    error: errorData(isCoded(error) ? error : new CodedError('internal', messageOf(error))),
  })
}
