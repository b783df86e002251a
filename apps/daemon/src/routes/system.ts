import { parseFilters, type EventMessage } from '@berth/api'
import type { Engine } from '@berth/engine'
import { jsonStream } from '../server/reply.ts'
import { route, type Route } from '../server/route.ts'

const eventFilters =
  'config container daemon event image label network node plugin scope secret service type volume'.split(' ')

export const systemRoutes = (engine: Pick<Engine, 'info' | 'version' | 'events'>): Route[] => [
  route('GET', '/info', () => engine.info()),
  route('GET', '/version', () => engine.version()),
  route('GET', '/events', ({ query, signal }) => {
    const filters = parseFilters(query.get('filters'), eventFilters)
    const events = engine.events({
      since: query.get('since') ?? '',
      until: query.get('until') ?? '',
      filters,
      signal,
    })
    return jsonStream(withLegacyFields(events), { flushHeaders: true })
  }),
]

/** Clients below 1.52 read these; newer ones ignore them. */
async function* withLegacyFields(events: AsyncIterable<EventMessage>): AsyncGenerator<EventMessage> {
  for await (const event of events) {
    const hasLegacy = event.Type === 'container' || event.Type === 'image'
    const from = event.Type === 'container' ? event.Actor.Attributes['image'] : undefined
    yield hasLegacy
      ? { status: event.Action, id: event.Actor.ID, ...(from ? { from } : {}), ...event }
      : event
  }
}
