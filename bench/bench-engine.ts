import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answers } from '../setup/answers.ts'
import { createNetworkNamespace, mustRun, type NetworkNamespace } from './network-namespace.ts'
import { type Program, startProgram } from './program.ts'

const bin = join(import.meta.dirname, '..', 'bin')
const hubAddress = '127.0.0.1:5000'

export const engineKinds = ['dockerd', 'berthd'] as const
export type EngineKind = (typeof engineKinds)[number]

/** An engine with its own network, data and registry. Nothing of it is left after disposal. */
export interface BenchEngine extends AsyncDisposable {
  kind: EngineKind
  /** `-H` of any client. */
  host: string
  /** Everything the engine writes lies here, and all its processes name it. */
  directory: string
  /** Starts it and gives the milliseconds until its first API answer. */
  start: () => Promise<number>
  stop: () => Promise<void>
}

/** Prepares an engine and a registry that holds hello-world; the engine is not started yet. */
export async function createEngine(kind: EngineKind): Promise<BenchEngine> {
  await using undo = new AsyncDisposableStack()
  const directory = undo.adopt(await mkdtemp(join(tmpdir(), `berth-bench-${kind}-`)), remove)
  const network = undo.use(await createNetworkNamespace(`berth-bench-${kind}-${process.pid}`))
  await startHub(undo, network)
  const socketPath = join(directory, 'engine.sock')
  const command = network.within(engineCommand(kind, directory, socketPath))
  let program: Program | undefined
  const stop = async () => {
    await program?.[Symbol.asyncDispose]()
    program = undefined
  }
  undo.defer(stop)
  const made = undo.move()
  return {
    kind,
    directory,
    host: `unix://${socketPath}`,
    start: () => {
      program = startProgram(command, join(directory, 'engine.log'))
      return program.readyAfterMs(() => answers({ socketPath, path: '/_ping' }))
    },
    stop,
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  }
}

function engineCommand(kind: EngineKind, directory: string, socketPath: string): string[] {
  const roots = ['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec')]
  const common = [
    ...roots,
    '--pidfile',
    join(directory, 'pid'),
    '-H',
    `unix://${socketPath}`,
    '--registry-mirror',
    `http://${hubAddress}`,
  ]
  return kind === 'dockerd'
    ? ['dockerd', '--storage-driver', 'overlay2', ...common]
    : [join(bin, 'berthd'), ...common]
}

/** The registry's directory is its own: its memory is not the engine's. */
async function startHub(undo: AsyncDisposableStack, network: NetworkNamespace): Promise<void> {
  const data = undo.adopt(await mkdtemp(join(tmpdir(), 'berth-hub-')), remove)
  await mustRun([join(bin, 'berth-hub'), 'seed', '--data', data])
  const log = join(data, 'hub.log')
  const serve = [join(bin, 'berth-hub'), 'serve', '--listen', hubAddress, '--data', data]
  const hub = undo.use(startProgram(network.within(serve), log))
  // It listens inside the namespace, where this process is not: what it says is the sign.
  await hub.readyAfterMs(async () => (await readFile(log, 'utf8')).includes('listens on'))
}

function remove(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true })
}
