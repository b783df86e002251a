import { accessTokenRoutes } from './access-tokens.ts'
import { accountRoutes } from './accounts.ts'
import type { ApiRoute } from './api-call.ts'
import { auditRoutes } from './audit.ts'
import { collaboratorRoutes } from './collaborators.ts'
import { groupRoutes } from './groups.ts'
import { organizationRoutes } from './organizations.ts'
import { planRoutes } from './plans.ts'
import { repositoryRoutes } from './repositories.ts'
import { searchRoutes } from './search.ts'
import { starredRoutes } from './starred.ts'
import { tagRoutes } from './tags.ts'
import { webhookRoutes } from './webhooks.ts'

/** The hub's API: paths and JSON of Docker Hub's, as far as there is something to say. */
export const apiRoutes: readonly ApiRoute[] = [
  ...searchRoutes,
  ...accountRoutes,
  ...accessTokenRoutes,
  ...repositoryRoutes,
  ...tagRoutes,
  ...starredRoutes,
  ...collaboratorRoutes,
  ...organizationRoutes,
  ...groupRoutes,
  ...webhookRoutes,
  ...auditRoutes,
  ...planRoutes,
]
