import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram } from '@berth/host'
import { findFreePort } from '@berth/stdx/testsuite'
import { measureMemory } from './process-memory.ts'
import { startProgram } from './program.ts'

/** One of the registries that are compared, on storage of its own on the same disk. */
export interface RegistryPeer extends AsyncDisposable {
  name: string
  url: string
  /** Proportional set size of its processes, in MiB. */
  measureMemory: () => Promise<number>
}

export interface PeerOptions {
  /** Where its data lies; the caller's to remove. */
  directory: string
  /** A registry to mirror (default: none, it has repositories of its own). */
  upstream?: string | undefined
}

/** Without it ours is measured alone. */
export async function hasDockerRegistry(): Promise<boolean> {
  return (await findProgram('docker-registry', { searchPath: process.env['PATH'] ?? '' })) !== undefined
}

const launcher = join(import.meta.dirname, '../bin/berth-hub')

export async function startDockerRegistry({ directory, upstream }: PeerOptions): Promise<RegistryPeer> {
  const port = await findFreePort()
  const home = await makeHome(directory, 'docker-registry')
  const config = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(home, 'data') },
      cache: { blobdescriptor: 'inmemory' },
      delete: { enabled: true },
    },
    http: { addr: `127.0.0.1:${port}` },
    ...(upstream !== undefined && { proxy: { remoteurl: upstream } }),
  }
  const path = join(home, 'config.yml')
  // JSON is YAML.
  await writeFile(path, JSON.stringify(config))
  return start('docker-registry', ['docker-registry', 'serve', path], { home, port })
}

/** With as many workers as it takes by itself, or with these. */
export async function startBerthHub(options: PeerOptions, workers?: number): Promise<RegistryPeer> {
  const { directory, upstream } = options
  const port = await findFreePort()
  const name = workers === undefined ? 'berth-hub' : `berth-hub, ${workers} worker`
  const home = await makeHome(directory, name)
  const command = upstream === undefined ? ['serve'] : ['mirror', '--upstream', upstream]
  const flags = [
    '--listen',
    `127.0.0.1:${port}`,
    '--data',
    join(home, 'data'),
    '--log-level',
    'warn',
    '--access',
    'open',
  ]
  const more = workers === undefined ? [] : ['--workers', String(workers)]
  return start(name, [launcher, ...command, ...flags, ...more], { home, port })
}

async function makeHome(directory: string, name: string): Promise<string> {
  const home = join(directory, name.replaceAll(/\W+/g, '-'))
  await mkdir(home, { recursive: true })
  return home
}

async function start(
  name: string,
  argv: string[],
  { home, port }: { home: string; port: number },
): Promise<RegistryPeer> {
  const program = startProgram(argv, join(home, 'log'))
  const url = `http://127.0.0.1:${port}`
  await program.readyAfterMs(async () => (await fetch(`${url}/v2/`).catch(() => undefined))?.ok === true)
  return {
    name,
    url,
    measureMemory: () => measureMemory(`${home}/`),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  }
}
