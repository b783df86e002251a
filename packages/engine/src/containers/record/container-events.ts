import type { EventBus } from '../../events/event-bus.ts'
import type { ContainerRecord } from './container-record.ts'

/** Publishes what happened to a container, with the attributes that all of Docker's container events carry. */
export function containerEvent(
  events: EventBus,
  record: ContainerRecord,
  happening: { action: string; attributes?: Record<string, string> },
): void {
  events.container(happening.action, {
    id: record.id,
    attributes: {
      ...record.config.Labels,
      image: record.config.Image ?? '',
      name: record.name,
      ...happening.attributes,
    },
  })
}
