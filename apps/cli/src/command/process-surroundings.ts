import type { Surroundings } from './io.ts'

/** This process. Its streams are opened when a command asks: an open stdin would keep it alive. */
export const processSurroundings: Surroundings = {
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
  get folder() {
    return process.cwd()
  },
  now: () => Date.now(),
  onSignal(signal, listener) {
    process.on(signal, listener)
    return { [Symbol.dispose]: () => process.off(signal, listener) }
  },
}
