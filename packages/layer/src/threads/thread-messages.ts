import type { WriteLayerOptions, WrittenLayer } from '../write-layer.ts'
import type { ErrorData } from './error-data.ts'

/** What a layer thread is told; it does one layer at a time. */
export type ThreadRequest =
  | {
      type: 'write'
      options: Omit<WriteLayerOptions, 'growth' | 'signal' | 'onProgress'>
      growth: SharedArrayBuffer | undefined
    }
  | { type: 'cancel' }
  /** Cancels what is under way; the thread ends once that has settled. */
  | { type: 'end' }

export type ThreadReply =
  | { type: 'progress'; readBytes: number }
  | { type: 'written'; layer: WrittenLayer }
  | { type: 'failed'; error: ErrorData }
