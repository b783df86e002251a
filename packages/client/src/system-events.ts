import { formatFilters, type EventMessage, type Filters } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { jsonValues } from './json-values.ts'

export interface EventOptions extends CallOptions {
  /** Seconds since the epoch with up to nine decimals, as the engine reads them. */
  since?: string
  until?: string
  filters?: Filters
}

/** Past events since `since`, then live ones until `until` or until the loop is left. */
export async function* watchEvents(
  client: EngineClient,
  options: EventOptions = {},
): AsyncGenerator<EventMessage> {
  const { signal, since, until, filters = new Map() } = options
  const query = { since, until, filters: formatFilters(filters) }
  const { body } = await client.send({ method: 'GET', path: '/events', query, signal })
  yield* jsonValues<EventMessage>(body)
}
