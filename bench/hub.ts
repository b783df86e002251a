import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun, type NetworkNamespace } from './network-namespace.ts'
import { startProgram } from './program.ts'

const program = join(import.meta.dirname, '..', 'bin', 'berth-hub')

export interface BenchHub extends AsyncDisposable {
  /** `host:port`, in its network. */
  address: string
}

export interface HubOptions {
  network: Pick<NetworkNamespace, 'within'>
  /** Where its data lies; the caller's to remove. */
  data: string
  port: number
}

/** Starts a registry. Its directory should not be below an engine's: its memory is not the engine's. */
export async function startHub({ network, data, port }: HubOptions): Promise<BenchHub> {
  const address = `127.0.0.1:${port}`
  const log = join(data, 'hub.log')
  const flags = ['--listen', address, '--data', data, '--access', 'open']
  const hub = startProgram(network.within([program, 'serve', ...flags]), log)
  // It may listen inside a namespace, where this process is not: what it says is the sign.
  await hub.readyAfterMs(async () => (await readFile(log, 'utf8')).includes('listens on'))
  return { address, [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose]() }
}

export const seedHelloWorld = (data: string): Promise<void> => mustRun([program, 'seed', '--data', data])
