import { CodedError, type ErrorCode } from '@berth/stdx'
import type { WriteLayerOptions, WrittenLayer } from '../write-layer.ts'

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

/** A CodedError without its class, which structured cloning loses. */
export interface ErrorData {
  code: ErrorCode
  message: string
  hint: string | undefined
}

export const errorData = ({ code, message, hint }: CodedError): ErrorData => ({ code, message, hint })

export const errorOf = ({ code, message, hint }: ErrorData): CodedError =>
  new CodedError(code, message, hint === undefined ? {} : { hint })
