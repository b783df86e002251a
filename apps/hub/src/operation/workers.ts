import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { CodedError, messageOf, type Logger } from '@berth/stdx'

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

/** The same of one that does not. */
interface Failure {
  failure: string
  hint?: string | undefined
}

/**
 * Workers that share one address; runs until it is told to stop, then until all have answered what they had begun. Throws
 * what kept the first that failed from starting.
 */
export async function runWorkers(
  { count, logger, onListening }: WorkersOptions,
  stopped: Promise<NodeJS.Signals>,
): Promise<void> {
  let isServing = false
  let isStopping = false
  const running = new Set<Promise<unknown>>()
  const start = (index: number) => {
    const worker = cluster.fork({ [indexVariable]: String(index) })
    const listening = waitForListening(worker)
    // From when all listen, one that does not is tried again.
    listening.catch(
      (error: unknown) => isServing && !isStopping && logger.error('worker did not start', { index, error }),
    )
    const exited = once(worker, 'exit').then(([code]: (number | null)[]) => {
      running.delete(exited)
      if (isStopping) return
      logger.error('worker ended by itself', { index, code })
      setTimeout(() => {
        if (!isStopping) void start(index)
      }, restartMs)
    })
    running.add(exited)
    return listening
  }
  const workers = Array.from({ length: count }, (_, index) => start(index))
  const listening = Promise.all(workers).then(([first]) => {
    isServing = true
    if (first) onListening(first)
  })
  try {
    await Promise.race([listening, stopped])
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

/** Tells who started this worker why it ends without having listened. */
export async function announceFailure(error: unknown): Promise<void> {
  const hint = error instanceof CodedError ? error.hint : undefined
  const { promise, resolve } = Promise.withResolvers<unknown>()
  if (!process.send?.({ failure: messageOf(error), hint } satisfies Failure, resolve)) resolve(undefined)
  await promise
}

const indexVariable = 'BERTH_HUB_WORKER'

/** Throws what the worker said that keeps it from listening; it says other things meanwhile, to others. */
async function waitForListening(worker: Worker): Promise<Listening> {
  const { promise, resolve, reject } = Promise.withResolvers<Listening>()
  worker.on('message', (message: Partial<Listening & Failure>) => {
    const { url, notice, failure, hint } = message
    if (url !== undefined) resolve({ url, notice })
    if (failure !== undefined)
      reject(new CodedError('unavailable', failure, hint === undefined ? {} : { hint }))
  })
  // Nothing comes any more once the channel is closed; what was sent before has come by then.
  worker.once('disconnect', () =>
    reject(new CodedError('unavailable', 'Cannot serve: a worker did not start')),
  )
  return promise
}
