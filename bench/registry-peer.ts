import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import { startProgram } from './program.ts'

/** One of the registries that are compared, on storage of its own on the same disk. */
export interface RegistryPeer extends AsyncDisposable {
  name: string
  url: string
}

const launcher = join(import.meta.dirname, '../bin/berth-hub')

export async function startDockerRegistry(directory: string): Promise<RegistryPeer> {
  const port = await freePort()
  const config = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(directory, 'docker-registry') },
      cache: { blobdescriptor: 'inmemory' },
      delete: { enabled: true },
    },
    http: { addr: `127.0.0.1:${port}` },
  }
  const path = join(directory, 'docker-registry.yml')
  // JSON is YAML.
  await writeFile(path, JSON.stringify(config))
  return start('docker-registry', ['docker-registry', 'serve', path], { directory, port })
}

export async function startBerthHub(directory: string, workers?: number): Promise<RegistryPeer> {
  const port = await freePort()
  const name = workers === undefined ? 'berth-hub' : `berth-hub, ${workers} worker`
  const data = join(directory, name.replaceAll(/\W+/g, '-'))
  await mkdir(data)
  const flags = ['--listen', `127.0.0.1:${port}`, '--data', data, '--log-level', 'warn']
  const more = workers === undefined ? [] : ['--workers', String(workers)]
  return start(name, [launcher, 'serve', ...flags, ...more], { directory, port })
}

async function start(
  name: string,
  argv: string[],
  { directory, port }: { directory: string; port: number },
): Promise<RegistryPeer> {
  const program = startProgram(argv, join(directory, `${name.replaceAll(/\W+/g, '-')}.log`))
  const url = `http://127.0.0.1:${port}`
  await program.readyAfterMs(async () => (await fetch(`${url}/v2/`).catch(() => undefined))?.ok === true)
  return { name, url, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
