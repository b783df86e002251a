import { createServer } from 'node:net'
import { join } from 'node:path'
import { answers } from './answers.ts'
import type { Service } from './service.ts'

const root = join(import.meta.dirname, '..')

/** Everything lies where the programs would put it without being told, so that their clients find it. */
export const paths = {
  state: '/var/lib/berth-quickstart',
  hubData: '/var/lib/berth-hub',
  dataRoot: '/var/lib/berth',
  execRoot: '/run/berth',
  socket: '/run/berth/berth.sock',
}

export function program(name: 'berth' | 'berthd' | 'berth-hub'): string {
  return join(root, 'bin', name)
}

export function hubService(port: number): Service {
  return {
    name: 'hub',
    stateDirectory: paths.state,
    command: [program('berth-hub'), 'serve', '--listen', `127.0.0.1:${port}`, '--data', paths.hubData],
    isReady: () => answers({ host: '127.0.0.1', port, path: '/v2/' }),
    note: String(port),
  }
}

export function engineService(mirror: string): Service {
  const roots = ['--data-root', paths.dataRoot, '--exec-root', paths.execRoot]
  return {
    name: 'engine',
    stateDirectory: paths.state,
    command: [program('berthd'), '-H', `unix://${paths.socket}`, ...roots, '--registry-mirror', mirror],
    isReady: isEngineReady,
  }
}

export function isEngineReady(): Promise<boolean> {
  return answers({ socketPath: paths.socket, path: '/_ping' })
}

/** `wanted` if nothing listens there, else a free port of the kernel's choice. */
export async function findFreePort(wanted: number): Promise<number> {
  return (await listenOnce(wanted)) ?? (await listenOnce(0)) ?? wanted
}

function listenOnce(port: number): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>()
  const server = createServer()
  server.once('error', () => resolve(undefined))
  server.listen({ host: '127.0.0.1', port }, () => {
    const address = server.address()
    server.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
  })
  return promise
}
