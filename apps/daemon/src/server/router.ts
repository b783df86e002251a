import findMyWay from 'find-my-way'
import type { Method, Route } from './route.ts'

export interface FoundRoute {
  route: Route
  params: Record<string, string>
}

/** Routes whose name may hold slashes, by what stands behind the name; the longest is tried first. */
interface NamedTail {
  route: Route
  name: string
  tail: string
}

/** Finds the route of a path without version. */
export class Router {
  readonly #finder = findMyWay({ maxParamLength: 2_048 })
  readonly #tails = new Map<string, NamedTail[]>()

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#add(route)
    for (const tails of this.#tails.values()) tails.sort((a, b) => b.tail.length - a.tail.length)
  }

  find(method: string, path: string): FoundRoute | undefined {
    const found = this.#finder.find(method as Method, path)
    if (!found) return undefined
    const store = found.store as Route | NamedTail[]
    if (!Array.isArray(store)) return { route: store, params: found.params as Record<string, string> }
    const rest = found.params['*'] ?? ''
    const match = store.find(({ tail }) => rest.endsWith(tail) && rest.length > tail.length)
    return (
      match && {
        route: match.route,
        params: { [match.name]: rest.slice(0, rest.length - match.tail.length) },
      }
    )
  }

  #add(route: Route): void {
    const open = /^(.*)\{(\w+):\.\*\}(.*)$/.exec(route.path)
    if (!open) {
      this.#finder.on(route.method, route.path.replace(/\{(\w+)\}/g, ':$1'), () => {}, route)
      return
    }
    const [, prefix = '', name = '', tail = ''] = open
    const key = `${route.method} ${prefix}`
    const tails = this.#tails.get(key)
    if (tails) tails.push({ route, name, tail })
    else {
      const first = [{ route, name, tail }]
      this.#tails.set(key, first)
      this.#finder.on(route.method, `${prefix}*`, () => {}, first)
    }
  }
}
