import {
  createRegistry,
  createRegistryHttpServer,
  type Registry,
  type RegistryOptions,
  type ServerCertificate,
} from '@berth/registry-server'
import { silentLogger } from '@berth/stdx'
import { listenOnLoopback, temporaryDirectory } from '@berth/stdx/testsuite'

/** A registry that answers, with its own methods within reach. */
export interface ServedRegistry extends AsyncDisposable {
  readonly url: string
  readonly registry: Registry
}

/** Serves a registry from a temporary directory; dispose it to end it and remove what it stored. */
export async function serveRegistry({
  certificate,
  ...options
}: Partial<RegistryOptions> & { certificate?: ServerCertificate } = {}): Promise<ServedRegistry> {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const registry = stack.use(await createRegistry({ directory, logger: silentLogger, ...options }))
  const server = createRegistryHttpServer(
    (request, response) => void registry.handle(request, response),
    certificate,
  )
  const { url } = stack.use(await listenOnLoopback(server))
  const owned = stack.move()
  return {
    url,
    registry,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
