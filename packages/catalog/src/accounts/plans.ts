import type { Plan } from '../accounts.ts'
import type { PlanName } from '../viewer.ts'

/** Docker Hub's plans (docs.docker.com, "Docker subscription features"), as far as they are about repositories. */
export const plans: Readonly<Record<PlanName, Plan>> = {
  personal: { name: 'personal', privateRepositories: 1 },
  pro: { name: 'pro', privateRepositories: Infinity },
  team: { name: 'team', privateRepositories: Infinity },
  business: { name: 'business', privateRepositories: Infinity },
}
