import type { Plan } from '../accounts.ts'
import type { Account, PlanName } from '../viewer.ts'

/** Docker Hub's plans (docs.docker.com, "Docker subscription features"), as far as they are about repositories. */
export const plans: Readonly<Record<PlanName, Plan>> = {
  personal: { name: 'personal', privateRepositories: 1, pullsPerSixHours: 200 },
  pro: { name: 'pro', privateRepositories: Infinity, pullsPerSixHours: Infinity },
  team: { name: 'team', privateRepositories: Infinity, pullsPerSixHours: Infinity },
  business: { name: 'business', privateRepositories: Infinity, pullsPerSixHours: Infinity },
}

const anonymous: Plan = { name: 'anonymous', privateRepositories: 0, pullsPerSixHours: 100 }

/** The plan of an account, or of who has none. */
export const planOf = (account: Pick<Account, 'plan'> | undefined): Plan =>
  account ? plans[account.plan] : anonymous
