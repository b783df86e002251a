import type { PlanName } from '@berth/catalog'
import type { FlagValues } from './flags.ts'
import { RefusedSetting } from './refused-setting.ts'

/** What who runs a hub does with its accounts. */
export type AdminAction =
  | { action: 'create'; account: string; email: string; isPasswordGiven: boolean }
  | { action: 'password'; account: string; isPasswordGiven: boolean }
  | { action: 'promote' | 'demote' | 'disable' | 'enable'; account: string }
  | { action: 'plan'; namespace: string; plan: PlanName }
  | { action: 'list' }

const planNames: readonly PlanName[] = ['personal', 'pro', 'team', 'business']

/** Reads what follows `admin`; throws `invalid-argument`. */
export function parseAdminAction(words: readonly string[], values: FlagValues): AdminAction {
  const [action = '', ...rest] = words
  const isPasswordGiven = values['password-stdin'] === true
  switch (action) {
    case 'create':
      takeNothing(action, rest)
      return { action, ...parsePerson(values), isPasswordGiven }
    case 'password':
      return { action, account: need(action, rest, ['NAME'])[0] ?? '', isPasswordGiven }
    case 'promote':
    case 'demote':
    case 'disable':
    case 'enable':
      return { action, account: need(action, rest, ['NAME'])[0] ?? '' }
    case 'plan': {
      const [namespace = '', plan = ''] = need(action, rest, ['NAME', 'PLAN'])
      return { action, namespace, plan: parsePlan(plan) }
    }
    case 'list':
      takeNothing(action, rest)
      return { action }
    default:
      throw new RefusedSetting(
        'admin is followed by create, password, promote, demote, disable, enable, plan or list',
      )
  }
}

function parsePerson({ name, email }: FlagValues): { account: string; email: string } {
  if (name !== undefined && email !== undefined) return { account: name, email }
  throw new RefusedSetting('admin create needs --name and --email')
}

function parsePlan(text: string): PlanName {
  const plan = planNames.find((name) => name === text)
  if (plan) return plan
  throw new RefusedSetting(`${JSON.stringify(text)} is none of the plans ${planNames.join(', ')}`)
}

function need(action: string, words: readonly string[], names: readonly string[]): readonly string[] {
  if (words.length === names.length) return words
  throw new RefusedSetting(`admin ${action} takes ${names.join(' ')}`)
}

function takeNothing(action: string, [word]: readonly string[]): void {
  if (word !== undefined)
    throw new RefusedSetting(`unexpected argument ${JSON.stringify(word)} of admin ${action}`)
}
