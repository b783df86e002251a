import cluster from 'node:cluster'
import { WindowCounter, type Count, type OpenCounter, type Windows } from './window-counter.ts'

/** What a worker asks, and what it is answered. */
interface CountRequest {
  countId: number
  name: string
  windows: Windows
  key: string
  weight: number
}

interface CountAnswer {
  countedId: number
  count: Count
}

/** In the process that has started workers: counts for all of them, so that a limit is one of the machine. */
export function countForWorkers(): void {
  const counters = new Map<string, WindowCounter>()
  cluster.on('message', (worker, message: unknown) => {
    if (!isRequest(message) || !worker.isConnected()) return
    const { countId, name, windows, key, weight } = message
    const counter = counters.get(name) ?? new WindowCounter({ ...windows, now: Date.now })
    counters.set(name, counter)
    // A worker that has just gone waits for nothing.
    worker.send({ countedId: countId, count: counter.add(key, weight) } satisfies CountAnswer, () => {})
  })
}

/** In a worker: counters that the process which started it keeps. They last as long as that, and it as the worker. */
export function sharedCounters(): OpenCounter {
  const waiting = new Map<number, (count: Count) => void>()
  let lastId = 0
  process.on('message', (message: unknown) => {
    if (!isAnswer(message)) return
    waiting.get(message.countedId)?.(message.count)
    waiting.delete(message.countedId)
  })
  return (name, windows) => ({
    add(key, weight) {
      const { promise, resolve } = Promise.withResolvers<Count>()
      const countId = ++lastId
      waiting.set(countId, resolve)
      process.send?.({ countId, name, windows, key, weight } satisfies CountRequest)
      return promise
    },
  })
}

function isRequest(message: unknown): message is CountRequest {
  return typeof message === 'object' && message !== null && 'countId' in message
}

function isAnswer(message: unknown): message is CountAnswer {
  return typeof message === 'object' && message !== null && 'countedId' in message
}
