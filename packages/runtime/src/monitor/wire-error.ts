import { CodedError, isCoded, messageOf } from '@berth/stdx'
import type { WireError } from './protocol.ts'

export function toWireError(error: unknown): WireError {
  return isCoded(error)
    ? { code: error.code, message: error.message, hint: error.hint }
    : { code: 'internal', message: messageOf(error) }
}

export function fromWireError({ code, message, hint }: WireError): CodedError {
  return new CodedError(code, message, hint === undefined ? {} : { hint })
}
