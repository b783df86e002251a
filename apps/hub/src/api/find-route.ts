import findMyWay from 'find-my-way'
import type { ApiMethod, ApiRoute } from './api-call.ts'
import { apiRoutes } from './api-routes.ts'

const methods: readonly ApiMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
/** A repository's name, escaped. */
const paramLengthMax = 800

const router = findMyWay({ ignoreTrailingSlash: true, maxParamLength: paramLengthMax })
for (const route of apiRoutes) router.on(route.method, route.path, () => {}, route)

/** First parts of the API's paths below `/v2/`: no repository's name begins with one of them. */
const apiWords: ReadonlySet<string> = new Set(
  apiRoutes.flatMap(({ path }) => /^\/v2\/([\w-]+)/.exec(path)?.slice(1) ?? []),
)

/** Whether a path is the API's, also when no route has it. */
export function isApiPath(path: string): boolean {
  const [, first = '', second = ''] = path.split('/')
  return first === 'v1' || first === 'api' || (first === 'v2' && apiWords.has(second))
}

/** The route of a request, or the methods that the path has instead (none for a path that is not there). */
export function findRoute(
  method: string,
  path: string,
): { route: ApiRoute; params: Record<string, string> } | { allowed: ApiMethod[] } {
  // HEAD is GET without the body.
  const found = router.find((method === 'HEAD' ? 'GET' : method) as ApiMethod, path)
  if (!found) return { allowed: methods.filter((other) => router.find(other, path)) }
  return { route: found.store as ApiRoute, params: found.params as Record<string, string> }
}
