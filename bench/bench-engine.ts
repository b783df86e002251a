import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answers } from '../setup/answers.ts'
import { type BenchHub, hubStarter, seedHelloWorld } from './hub.ts'
import { createNetworkNamespace } from './network-namespace.ts'
import { type Program, startProgram } from './program.ts'

const bin = join(import.meta.dirname, '..', 'bin')

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
  /** `host:port` of its registry. */
  registry: string
  /** Starts another registry, which is empty. */
  startEmptyHub: () => Promise<BenchHub>
}

export interface EngineOptions {
  /** Where its folders are made (default: the system's temporary directory). */
  parent?: string
  /** Fills its registry's data (default: with hello-world). */
  fillHub?: (data: string) => Promise<void>
}

/** Prepares an engine and its registry; the engine is not started yet. */
export async function createEngine(kind: EngineKind, options: EngineOptions = {}): Promise<BenchEngine> {
  const { parent = tmpdir(), fillHub = seedHelloWorld } = options
  await using undo = new AsyncDisposableStack()
  const directory = undo.adopt(await mkdtemp(join(parent, `berth-bench-${kind}-`)), remove)
  const network = undo.use(await createNetworkNamespace(`berth-bench-${kind}-${process.pid}`))
  const addHub = hubStarter(network, parent)
  const hub = undo.use(await addHub(fillHub))
  const socketPath = join(directory, 'engine.sock')
  const command = network.within(engineCommand(kind, { directory, socketPath, registry: hub.address }))
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
    registry: hub.address,
    startEmptyHub: () => addHub(async () => undefined),
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  }
}

interface Places {
  directory: string
  socketPath: string
  registry: string
}

function engineCommand(kind: EngineKind, { directory, socketPath, registry }: Places): string[] {
  const roots = ['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec')]
  const common = [
    ...roots,
    '--pidfile',
    join(directory, 'pid'),
    '-H',
    `unix://${socketPath}`,
    '--registry-mirror',
    `http://${registry}`,
  ]
  return kind === 'dockerd'
    ? ['dockerd', '--storage-driver', 'overlay2', ...common]
    : [join(bin, 'berthd'), ...common]
}

function remove(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true })
}
