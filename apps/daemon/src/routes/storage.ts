import { parseQueryBoolean } from '@berth/api'
import type { Engine } from '@berth/engine'
import { jsonStream } from '../server/reply.ts'
import { route, type Route } from '../server/route.ts'

/** What lies on disk: how much, and whether it is whole. `/berth/…` is this engine's own. */
export const storageRoutes = (engine: Pick<Engine, 'check' | 'diskUsage'>): Route[] => [
  route('GET', '/system/df', () => engine.diskUsage()),
  route('POST', '/berth/check', ({ query, signal }) =>
    jsonStream(engine.check({ repairs: parseQueryBoolean(query.get('repair')), signal }), {
      contentType: 'application/jsonl',
      flushHeaders: true,
    }),
  ),
]
