import findMyWay from 'find-my-way'
import type { Route } from './page-request.ts'

export interface RouteMatch {
  route: Route
  params: Record<string, string>
}

export interface Router {
  /** The route of a request, or the methods that the path has instead (none for a path that is not there). */
  find(method: string, path: string): RouteMatch | { allowed: Route['method'][] }
}

/** A repository's name has slashes, which no router takes for one parameter; `/-/` tells where it ends. */
const namedPath = /^\/r\/(.+?)(\/-\/.*)?$/
/** Stands for the name while the router works. No repository can have it. */
const nameless = '_'
const paramLengthMax = 300

export function createRouter(routes: readonly Route[]): Router {
  const router = findMyWay({ ignoreTrailingSlash: true, maxParamLength: paramLengthMax })
  for (const route of routes) router.on(route.method, route.path, () => {}, route)
  return {
    find: (method, path) => {
      const [name, plainPath] = splitName(path)
      const found = router.find(method === 'HEAD' ? 'GET' : (method as 'GET'), plainPath)
      if (!found)
        return { allowed: (['GET', 'POST'] as const).filter((other) => router.find(other, plainPath)) }
      const params = found.params as Record<string, string>
      return { route: found.store as Route, params: name === undefined ? params : { ...params, name } }
    },
  }
}

function splitName(path: string): [string | undefined, string] {
  const [, name, rest = ''] = namedPath.exec(path) ?? []
  const decoded = name === undefined ? undefined : decode(name.replace(/\/$/, ''))
  return decoded === undefined ? [undefined, path] : [decoded, `/r/${nameless}${rest}`]
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
