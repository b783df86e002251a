import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '@berth/host'
import { runProgram } from '../setup/run-program.ts'
import { type BenchHub, hubStarter } from './hub.ts'
import { createNetworkNamespace } from './network-namespace.ts'
import type { StartedEngines } from './start-engines.ts'

/**
 * Podman with a network, store and registry of its own. It has no engine: each command does all the work itself, in a mount
 * namespace that goes with it.
 */
export interface BenchPodman extends AsyncDisposable {
  /** All that it writes lies here, and its processes name it. */
  directory: string
  registry: string
  startEmptyHub: () => Promise<BenchHub>
  /** Runs one command and gives the wall time of the whole process; throws when it fails. */
  time: (...args: string[]) => Promise<number>
  /** A file of random bytes, to be copied into containers. */
  newFile: (sizeBytes: number) => Promise<string>
}

/** What podman remembers of blobs lies where no flag reaches; in the namespace it is a folder of its own too. */
const machineCache = '/var/lib/containers/cache'
const withOwnCache = `mkdir -p ${machineCache} && mount --bind "$1" ${machineCache} && shift && exec "$@"`

/** Undefined where podman is not installed. */
export async function createPodman({
  directory: parent,
  fillHub,
}: Pick<StartedEngines, 'directory' | 'fillHub'>): Promise<BenchPodman | undefined> {
  if (!(await findProgram('podman', { searchPath: process.env['PATH'] ?? '' }))) return undefined
  await using undo = new AsyncDisposableStack()
  const createDirectory = async (prefix: string) =>
    undo.adopt(await mkdtemp(prefix), (path) => rm(path, { recursive: true, force: true }))
  const directory = await createDirectory(join(parent, 'berth-bench-podman-'))
  // Podman takes no longer name than 50 characters for it.
  const exec = await createDirectory(join(tmpdir(), 'berth-podman-'))
  const network = undo.use(await createNetworkNamespace(`berth-bench-podman-${process.pid}`))
  const addHub = hubStarter(network, parent)
  const { address } = undo.use(await addHub(fillHub))
  const cache = join(directory, 'cache')
  await mkdir(cache)
  const roots = ['--root', join(directory, 'data'), '--runroot', exec, '--tmpdir', join(exec, 'tmp')]
  const podman = ['podman', ...roots, '--storage-driver', 'overlay']
  const isolated = ['unshare', '--mount', 'sh', '-c', withOwnCache, 'sh', cache, ...podman]
  const time = async (...args: string[]) => {
    const { exitCode, output, elapsedMs } = await runProgram(network.within([...isolated, ...args]))
    if (exitCode !== 0) throw new Error(`podman ${args.join(' ')}: exit code ${exitCode}: ${output.trim()}`)
    return elapsedMs
  }
  const made = undo.move()
  return {
    directory,
    registry: address,
    startEmptyHub: () => addHub(async () => undefined),
    time,
    newFile: async (sizeBytes) => {
      const path = join(directory, 'new-file')
      await writeFile(path, randomBytes(sizeBytes))
      return path
    },
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  }
}
