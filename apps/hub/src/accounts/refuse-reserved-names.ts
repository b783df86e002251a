import { isReservedName } from '@berth/catalog'
import { CodedError } from '@berth/stdx'

/** Throws `invalid-argument` for an upstream whose repositories would lie at addresses of the API or of the pages. */
export function refuseReservedNames(upstreamNames: readonly string[]): void {
  const name = upstreamNames.find(isReservedName)
  if (name === undefined) return
  throw new CodedError(
    'invalid-argument',
    `Cannot mirror under the name ${JSON.stringify(name)}: the hub's own addresses begin with it`,
    { hint: 'Choose another name: --upstream NAME=URL.' },
  )
}
