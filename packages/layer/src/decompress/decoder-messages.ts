import type { ErrorData } from '../threads/error-data.ts'
import type { ThreadedCompression } from './file-compression.ts'

/** What a decoder thread is started with. */
export interface DecoderStart {
  compression: ThreadedCompression
  /** Pieces given to the thread and pieces taken from it, both counted by its owner. */
  counters: Int32Array
}

export const givenIndex = 0
export const takenIndex = 1

/** What the thread says. It asks for each piece, and is given one or `null` at the end. */
export type DecoderReply =
  | { type: 'want' }
  | { type: 'piece'; bytes: Uint8Array }
  | { type: 'end' }
  | { type: 'failed'; error: ErrorData }
