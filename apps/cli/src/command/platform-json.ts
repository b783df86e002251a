import { parsePlatform } from '@berth/oci'
import { CodedError, isCoded } from '@berth/stdx'

/** A platform as the calls want it that take an OCI object; undefined for none. */
export function platformJson(text: string): string | undefined {
  return text === '' ? undefined : JSON.stringify(parsePlatform(text))
}

/** As `platformJson`, with the words that some commands put before what is wrong. */
export function validPlatformJson(text: string): string | undefined {
  try {
    return platformJson(text)
  } catch (error) {
    if (!isCoded(error)) throw error
    const hint = error.hint === undefined ? {} : { hint: error.hint }
    throw new CodedError(error.code, `invalid platform: ${error.message}`, { cause: error, ...hint })
  }
}
