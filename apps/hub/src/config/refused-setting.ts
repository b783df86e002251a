import { CodedError } from '@berth/stdx'

/**
 * A setting that cannot be used. It is told with the names of flags (`--listen`); whoever knows where the values are from
 * says it in the words of that place.
 */
export class RefusedSetting extends CodedError {
  readonly state: string

  constructor(state: string, options: { hint?: string } = {}) {
    super('invalid-argument', `Cannot read command line: ${state}`, options)
    this.state = state
  }
}
