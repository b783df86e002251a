import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun, type NetworkNamespace } from './network-namespace.ts'
import { startProgram } from './program.ts'

const firstPort = 5000
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

/** Starts hubs below `parent`, with data of their own that goes with them; each is on a port of its own. */
export function hubStarter(network: Pick<NetworkNamespace, 'within'>, parent: string) {
  let port = firstPort
  return async (fill: (data: string) => Promise<void>): Promise<BenchHub> => {
    await using undo = new AsyncDisposableStack()
    const data = undo.adopt(await mkdtemp(join(parent, 'berth-hub-')), (path) =>
      rm(path, { recursive: true, force: true }),
    )
    await fill(data)
    const { address } = undo.use(await startHub({ network, data, port: port++ }))
    const owned = undo.move()
    return { address, [Symbol.asyncDispose]: () => owned.disposeAsync() }
  }
}

export const seedHelloWorld = (data: string): Promise<void> => mustRun([program, 'seed', '--data', data])
