import type { EventMessage, EventType } from '@berth/api'
import { nowNanoseconds } from '../timestamps.ts'

/** Past events that a new subscriber may still ask for. */
const historyMax = 256
/** Events that one subscriber may leave unread; a slower one is cut off, never silently robbed. */
const unreadMax = 1024

export interface Subscription extends AsyncIterable<EventMessage> {
  close(): void
}

/** What happens in the engine, as Docker's events: the last ones kept, each subscriber with a bounded queue. */
export class EventBus {
  readonly #history: EventMessage[] = []
  readonly #subscriptions = new Set<EventSubscription>()

  image(action: string, id: string, attributes: Record<string, string> = {}): void {
    this.#publish('image', action, { ID: id, Attributes: attributes })
  }

  container(action: string, container: { id: string; attributes: Record<string, string> }): void {
    this.#publish('container', action, { ID: container.id, Attributes: container.attributes })
  }

  network(action: string, network: { id: string; attributes: Record<string, string> }): void {
    this.#publish('network', action, { ID: network.id, Attributes: network.attributes })
  }

  daemon(action: string, id: string, attributes: Record<string, string>): void {
    this.#publish('daemon', action, { ID: id, Attributes: attributes })
  }

  get subscriberCount(): number {
    return this.#subscriptions.size
  }

  /** Kept events, oldest first. */
  history(): readonly EventMessage[] {
    return this.#history
  }

  /** Everything published from this call on. */
  subscribe(): Subscription {
    const subscription = new EventSubscription(() => this.#subscriptions.delete(subscription))
    this.#subscriptions.add(subscription)
    return subscription
  }

  #publish(type: EventType, action: string, actor: EventMessage['Actor']): void {
    const nanoseconds = nowNanoseconds()
    const event: EventMessage = {
      Type: type,
      Action: action,
      Actor: actor,
      scope: 'local',
      time: Number(nanoseconds / 1_000_000_000n),
      timeNano: nanoseconds,
    }
    this.#history.push(event)
    if (this.#history.length > historyMax) this.#history.shift()
    for (const subscription of this.#subscriptions) subscription.push(event)
  }
}

class EventSubscription implements Subscription {
  readonly #onClose: () => void
  readonly #queue: EventMessage[] = []
  #wake: (() => void) | undefined
  #state: 'open' | 'closed' | 'overrun' = 'open'

  constructor(onClose: () => void) {
    this.#onClose = onClose
  }

  push(event: EventMessage): void {
    if (this.#state !== 'open') return
    if (this.#queue.length >= unreadMax) this.#end('overrun')
    else this.#queue.push(event)
    this.#wake?.()
  }

  close(): void {
    if (this.#state === 'open') this.#end('closed')
    this.#wake?.()
  }

  #end(state: 'closed' | 'overrun'): void {
    this.#state = state
    this.#onClose()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<EventMessage> {
    try {
      for (;;) {
        while (this.#queue.length > 0) yield this.#queue.shift() as EventMessage
        if (this.#state === 'overrun')
          throw new Error(`Cannot follow events: more than ${unreadMax} are unread`)
        if (this.#state === 'closed') return
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    } finally {
      this.close()
    }
  }
}
