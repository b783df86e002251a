import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { CodedError, type Logger } from '@berth/stdx'

/** A worker that ended by itself is replaced, but not faster than this. */
const restartMs = 1000

/** What a worker says when it listens; the first also what who runs the hub should know. */
export interface Listening {
  url: string
  notice?: string | undefined
}

export interface WorkersOptions {
  count: number
  logger: Logger
  /** Called once, when all listen. */
  onListening: (listening: Listening) => void
}

/** Workers that share one address; runs until it is told to stop, then until all have answered what they had begun. */
export async function runWorkers(
  { count, logger, onListening }: WorkersOptions,
  stopped: Promise<NodeJS.Signals>,
): Promise<void> {
  let isStopping = false
  const running = new Set<Promise<unknown>>()
  const start = (index: number) => {
    const worker = cluster.fork({ [indexVariable]: String(index) })
    const exited = waitForExit(worker).then((code) => {
      running.delete(exited)
      if (isStopping) return
      logger.error('worker ended by itself', { index, code })
      setTimeout(() => !isStopping && start(index), restartMs)
    })
    running.add(exited)
    return worker
  }
  const workers = Array.from({ length: count }, (_, index) => start(index))
  const listening = Promise.all(workers.map(waitForListening)).then(([first]) => first && onListening(first))
  const failed = Promise.race(running).then(() => {
    throw new CodedError('unavailable', 'Cannot serve: a worker did not start')
  })
  // From when all listen a worker that ends is replaced.
  failed.catch(() => {})
  try {
    await Promise.race([listening, stopped, failed])
    await stopped
  } finally {
    isStopping = true
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM')
    await Promise.all(running)
  }
}

/** Which worker this process is, from 0; undefined for one that is none. */
export function workerIndex(environment: NodeJS.ProcessEnv): number | undefined {
  return cluster.isWorker ? Number(environment[indexVariable]) : undefined
}

/** Tells the others that this worker listens. */
export function announce(listening: Listening): void {
  process.send?.({ url: listening.url, notice: listening.notice })
}

const indexVariable = 'BERTH_HUB_WORKER'

async function waitForListening(worker: Worker): Promise<Listening> {
  const [listening] = (await once(worker, 'message')) as [Listening]
  return listening
}

async function waitForExit(worker: Worker): Promise<number | null> {
  const [code] = (await once(worker, 'exit')) as [number | null]
  return code
}
