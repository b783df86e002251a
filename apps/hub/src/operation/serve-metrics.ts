import { once } from 'node:events'
import { createServer } from 'node:http'
import { AggregatorRegistry } from 'prom-client'
import { CodedError, type Logger } from '@berth/stdx'
import type { ListenAddress } from '../config/command-line.ts'
import { systemReason } from '../config/system-reason.ts'

const contentType = 'text/plain; version=0.0.4; charset=utf-8'
const headersTimeoutMs = 5000

export interface MetricsServerOptions {
  listen: ListenAddress
  collect: () => Promise<string>
  logger: Logger
}

/** Serves `/metrics` at an address of its own, which need not be one that the hub's clients reach. */
export async function serveMetrics(options: MetricsServerOptions): Promise<AsyncDisposable> {
  const { listen, collect, logger } = options
  const server = createServer({ headersTimeout: headersTimeoutMs }, (request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end()
    collect().then(
      (text) => response.writeHead(200, { 'Content-Type': contentType }).end(text),
      (error: unknown) => {
        logger.error('metrics could not be collected', { error })
        response.writeHead(500).end()
      },
    )
  })
  try {
    await once(server.listen(listen.port, listen.host === '' ? undefined : listen.host), 'listening')
  } catch (error) {
    const place = `${listen.host}:${listen.port}`
    throw new CodedError('unavailable', `Cannot serve metrics on ${place}: ${systemReason(error)}`, {
      cause: error,
      hint: 'Choose another address with --metrics.',
    })
  }
  return {
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** In a worker: tells the process that started it what was counted, when that asks. */
export function answerForWorkers(): void {
  // Making one is what listens.
  // oxlint-disable-next-line no-new
  new AggregatorRegistry()
}

/** What all workers have counted together. */
export function workersMetrics(): () => Promise<string> {
  const registry = new AggregatorRegistry()
  return () => registry.clusterMetrics()
}
