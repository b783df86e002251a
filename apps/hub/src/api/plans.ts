import { plans, type PlanName } from '@berth/catalog'
import { CodedError } from '@berth/stdx'
import { requireAccount } from './accounts.ts'
import { ok, route, type ApiCall } from './api-call.ts'

/** What Docker's tools read of the plan of one's own namespaces; numbers without limit are null. */
export const planRoutes = [
  route('GET', '/api/billing/v4/accounts/:namespace/hub-plan', async (call) => {
    const name = await findPlan(call, call.params['namespace'] ?? '')
    if (!name) throw new CodedError('not-found', 'Cannot find plan: the namespace is not yours')
    const { privateRepositories } = plans[name]
    const limit = Number.isFinite(privateRepositories) ? privateRepositories : null
    return ok({ name, legacy: false, private_repos: limit })
  }),
]

async function findPlan({ catalog, viewer }: ApiCall, namespace: string): Promise<PlanName | undefined> {
  const account = requireAccount(viewer)
  if (account.name === namespace) return account.plan
  const organizations = await catalog.organizations.listOrganizations(viewer)
  return organizations.find(({ name }) => name === namespace)?.plan
}
