import findMyWay from 'find-my-way'
import type { Method, Route } from './exchange.ts'
import { routes } from './routes.ts'

export interface RouteMatch {
  route: Route
  params: Record<string, string>
}

/** A repository's name has slashes, which no router takes for one parameter; what follows it tells where it ends. */
const namedPath = /^\/v2\/(.+)\/((?:blobs|manifests|tags|referrers)\/.*)$/
/** Stands for the name while the router works. No repository can have it. */
const nameless = '_'

const methods: readonly Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
/** A sha512 digest has 135 characters. */
const paramLengthMax = 300

const router = findMyWay({ ignoreTrailingSlash: true, maxParamLength: paramLengthMax })
for (const route of routes) router.on([...route.methods], route.path, () => {}, route)

/** The route of a request, or the methods that the path has instead (none for a path that is not there). */
export function findRoute(method: string, path: string): RouteMatch | { allowed: Method[] } {
  const named = namedPath.exec(path)
  const [name, plainPath] = named ? [named[1], `/v2/${nameless}/${named[2]}`] : [undefined, path]
  const found = router.find(method as Method, plainPath)
  if (!found) return { allowed: methods.filter((other) => router.find(other, plainPath)) }
  const params = found.params as Record<string, string>
  return { route: found.store as Route, params: name === undefined ? params : { ...params, name } }
}
