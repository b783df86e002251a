import { CodedError, type ErrorCode } from '@berth/stdx'

/** A CodedError without its class, which structured cloning loses. */
export interface ErrorData {
  code: ErrorCode
  message: string
  hint: string | undefined
}

export const errorData = ({ code, message, hint }: CodedError): ErrorData => ({ code, message, hint })

export const errorOf = ({ code, message, hint }: ErrorData): CodedError =>
  new CodedError(code, message, hint === undefined ? {} : { hint })
