import { isAccessTokenSecret, type Accounts } from '@berth/catalog'
import type { LoginLimits } from '@berth/registry-server'
import type { SignIn } from '../api/api-call.ts'

/** Lets people in as often as they may try, whichever door they come to. */
export function limitedSignIn(accounts: Pick<Accounts, 'signIn'>, logins: LoginLimits): SignIn {
  return (name, secret, address) =>
    logins.try({ name, address, isRandom: isAccessTokenSecret(secret) }, () => accounts.signIn(name, secret))
}
