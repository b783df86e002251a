import { text } from './reply.ts'
import { route, type Route } from './route.ts'

const headers = {
  'Builder-Version': '1',
  'Cache-Control': 'no-cache, no-store, must-revalidate',
  Pragma: 'no-cache',
  Swarm: 'inactive',
}

/** How clients learn that an engine is there and which API version it speaks. */
export const pingRoutes: Route[] = [
  route('GET', '/_ping', () => text('OK', { headers })),
  route('HEAD', '/_ping', () => text('', { headers })),
]
