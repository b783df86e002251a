import cluster from 'node:cluster'
import { WindowCounter, type Count, type OpenCounter, type Windows } from './window-counter.ts'

/** What a worker says of a counter before it first asks it. */
interface CounterOpening {
  opens: string
  windows: Windows
}

/** What a worker asks: all that came up while it answered who was waiting. A message each would cost more than an answer. */
interface CountsRequest {
  countsId: number
  asked: readonly Asked[]
}

type Asked = readonly [name: string, key: string, weight: number]

/** In the order of what was asked. */
interface CountsAnswer {
  countedId: number
  counts: readonly Count[]
}

/** In the process that has started workers: counts for all of them, so that a limit is one of the machine. */
export function countForWorkers(): void {
  const counters = new Map<string, WindowCounter>()
  const count = ([name, key, weight]: Asked): Count => {
    const counter = counters.get(name)
    if (!counter) throw new Error(`Cannot count for a worker: it has not opened ${name}`)
    return counter.add(key, weight)
  }
  cluster.on('message', (worker, message: unknown) => {
    if (isOpening(message) && !counters.has(message.opens))
      counters.set(message.opens, new WindowCounter({ ...message.windows, now: Date.now }))
    if (!isRequest(message) || !worker.isConnected()) return
    const { countsId, asked } = message
    // A worker that has just gone waits for nothing.
    worker.send({ countedId: countsId, counts: asked.map(count) } satisfies CountsAnswer, () => {})
  })
}

/** In a worker: counters that the process which started it keeps. They last as long as that, and it as the worker. */
export function sharedCounters(): OpenCounter {
  const ask = openCounting()
  return (name, windows) => {
    process.send?.({ opens: name, windows } satisfies CounterOpening)
    return { add: (key, weight) => ask([name, key, weight]) }
  }
}

/** What asks the process that counts, once for all that comes up in a turn of the event loop. */
function openCounting(): (asked: Asked) => Promise<Count> {
  const waiting = new Map<number, ((count: Count) => void)[]>()
  let lastId = 0
  let next: { asked: Asked[]; resolves: ((count: Count) => void)[] } | undefined
  const send = () => {
    if (!next) return
    const { asked, resolves } = next
    next = undefined
    waiting.set(++lastId, resolves)
    process.send?.({ countsId: lastId, asked } satisfies CountsRequest)
  }
  process.on('message', (message: unknown) => {
    if (!isAnswer(message)) return
    const resolves = waiting.get(message.countedId) ?? []
    waiting.delete(message.countedId)
    for (const [index, count] of message.counts.entries()) resolves[index]?.(count)
  })
  return (asked) => {
    const { promise, resolve } = Promise.withResolvers<Count>()
    if (!next) setImmediate(send)
    next ??= { asked: [], resolves: [] }
    next.asked.push(asked)
    next.resolves.push(resolve)
    return promise
  }
}

function isOpening(message: unknown): message is CounterOpening {
  return typeof message === 'object' && message !== null && 'opens' in message
}

function isRequest(message: unknown): message is CountsRequest {
  return typeof message === 'object' && message !== null && 'countsId' in message
}

function isAnswer(message: unknown): message is CountsAnswer {
  return typeof message === 'object' && message !== null && 'countedId' in message
}
