import { CodedError } from '@berth/stdx'
import { quote } from './names.ts'
import type { Account, Viewer } from './viewer.ts'

/** As for what is not there: who may not see something learns no more. */
export function noSuch(what: string, name: string): CodedError {
  return new CodedError('not-found', `No such ${what}: ${quote(name).slice(1, -1)}`)
}

/** For something that the viewer sees. `action` is a verb with its object. */
export function refusal({ account }: Pick<Viewer, 'account'>, action: string): CodedError {
  return account === undefined
    ? new CodedError('unauthorized', `Cannot ${action}: you are not signed in`, { hint: 'Sign in first.' })
    : new CodedError('forbidden', `Cannot ${action}: you may not`)
}

/** Throws `unauthorized` for strangers. */
export function requireSignedIn(viewer: Viewer, action: string): Account {
  if (viewer.account) return viewer.account
  throw refusal(viewer, action)
}

/** For what only the person may do, not a program that has a token. Throws `unauthorized` or `forbidden`. */
export function requirePerson(viewer: Viewer, action: string): Account {
  const account = requireSignedIn(viewer, action)
  if (viewer.tokenId === undefined && viewer.scope === 'repo:admin') return account
  throw new CodedError('forbidden', `Cannot ${action}: an access token may not`, {
    hint: 'Sign in with the password.',
  })
}

/** Throws `unauthorized` or `forbidden`. */
export function requireAdministrator(viewer: Viewer, action: string): Account {
  const account = requirePerson(viewer, action)
  if (account.isAdministrator) return account
  throw refusal(viewer, action)
}
