import type { Account, Accounts, SignUp } from '@berth/catalog'
import { networkOf, RegistryError } from '@berth/registry-server'
import { ownCounters, type OpenCounter } from './window-counter.ts'

const windowMs = 60 * 60 * 1000
/** A class that signs up together has one address. */
const signUpsMax = 100
const keysMax = 100_000

/** Makes accounts for strangers, so many an hour for one address: each costs time, and a name. */
export function limitedSignUp(
  accounts: Pick<Accounts, 'signUp'>,
  { now = Date.now, openCounter = ownCounters(now) }: { now?: () => number; openCounter?: OpenCounter } = {},
): (form: SignUp, address: string) => Promise<Account> {
  const counter = openCounter('sign-ups', { windowMs, keysMax })
  return async (form, address) => {
    const { used, resetAt } = await counter.add(networkOf(address), 1)
    if (used > signUpsMax)
      throw new RegistryError('TOO_MANY_REQUESTS', {
        message: 'Too many accounts were made from here: wait and try again.',
        retryAfterMs: resetAt - now(),
      })
    return await accounts.signUp(form, address)
  }
}
