import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createRegistry,
  createRegistryHttpServer,
  type Registry,
  type RegistryOptions,
} from '@berth/registry-server'
import { silentLogger } from '@berth/stdx'

/** A registry that answers, with its own methods within reach. */
export interface ServedRegistry extends AsyncDisposable {
  readonly url: string
  readonly registry: Registry
}

/** Serves a registry from a temporary directory; dispose it to end it and remove what it stored. */
export async function serveRegistry(options: Partial<RegistryOptions> = {}): Promise<ServedRegistry> {
  await using stack = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'berth-registry-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  const registry = stack.use(await createRegistry({ directory, logger: silentLogger, ...options }))
  const server = createRegistryHttpServer((request, response) => void registry.handle(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  stack.defer(async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })
  const owned = stack.move()
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    registry,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
