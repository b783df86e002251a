import type { EngineEndpoint } from '../config/engine-endpoint.ts'
import type { CliConfig } from '../config/cli-config.ts'
import type { Io } from './io.ts'

/** The process itself as a command sees it. */
export function processIo(config: CliConfig, { host, contextName }: EngineEndpoint): Io {
  return {
    // Opening stdin costs time and keeps the process alive, so it happens when a command asks.
    get stdin() {
      return process.stdin
    },
    get stdout() {
      return process.stdout
    },
    get stderr() {
      return process.stderr
    },
    env: process.env,
    config,
    folder: process.cwd(),
    host,
    contextName,
    now: () => Date.now(),
    onSignal(signal, listener) {
      process.on(signal, listener)
      return { [Symbol.dispose]: () => process.off(signal, listener) }
    },
  }
}
