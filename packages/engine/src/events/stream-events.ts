import { matchesLabels, type EventMessage, type Filters } from '@berth/api'
import { parseInstant } from '../parse-instant.ts'
import type { EventBus } from './event-bus.ts'

export interface EventsOptions {
  /** Docker's instants; empty text means no limit. */
  since: string
  until: string
  filters: Filters
  signal: AbortSignal
}

/** Kept events since `since`, then live ones, until `until` or for ever. */
export async function* streamEvents(bus: EventBus, options: EventsOptions): AsyncGenerator<EventMessage> {
  const isWanted = eventFilter(options.filters)
  const untilMs = options.until === '' ? undefined : parseInstant(options.until)
  const sinceMs = options.since === '' ? undefined : parseInstant(options.since)
  const subscription = bus.subscribe()
  const past = sinceMs === undefined ? [] : bus.history().filter((event) => milliseconds(event) >= sinceMs)
  const close = () => subscription.close()
  const timer = untilMs === undefined ? undefined : setTimeout(close, Math.max(0, untilMs - Date.now()))
  options.signal.addEventListener('abort', close, { once: true })
  try {
    for (const event of past)
      if (isWanted(event) && (untilMs === undefined || milliseconds(event) <= untilMs)) yield event
    for await (const event of subscription) if (isWanted(event)) yield event
  } finally {
    clearTimeout(timer)
    options.signal.removeEventListener('abort', close)
    subscription.close()
  }
}

const milliseconds = (event: EventMessage): number => Number(event.timeNano) / 1e6

/** Filter keys that name an object of the type of the same name. */
const objectKeys = ['container', 'image', 'network', 'volume', 'plugin', 'daemon'] as const

function eventFilter(filters: Filters): (event: EventMessage) => boolean {
  const any = (key: string, test: (event: EventMessage, value: string) => boolean) => {
    const values = filters.get(key)
    return (event: EventMessage) => !values || values.some((value) => test(event, value))
  }
  const tests = [
    any('type', (event, type) => event.Type === type),
    // `health_status` finds `health_status: healthy`, `exec_create` finds `exec_create: ls`.
    any('event', (event, action) => event.Action === action || event.Action.startsWith(`${action}:`)),
    any('scope', (event, scope) => event.scope === scope),
    (event: EventMessage) => matchesLabels(event.Actor.Attributes, filters.get('label')),
    ...objectKeys.map((key) => any(key, (event, value) => event.Type === key && isNamed(event, value))),
  ]
  return (event) => tests.every((test) => test(event))
}

function isNamed({ Actor }: EventMessage, value: string): boolean {
  const name = Actor.Attributes['name'] ?? ''
  return Actor.ID === value || Actor.ID.startsWith(value) || name === value || name.split(':')[0] === value
}
