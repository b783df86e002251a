import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server on a free port. Disposing it ends its connections, also those in use. */
export interface ListeningServer extends AsyncDisposable {
  readonly port: number
  /** `127.0.0.1:port` */
  readonly address: string
  /** `http://127.0.0.1:port` */
  readonly url: string
}

/** Lets a server listen on a free port of 127.0.0.1, or of the `host` that is given. */
export async function listenOnLoopback(server: Server, host = '127.0.0.1'): Promise<ListeningServer> {
  await once(server.listen(0, host), 'listening')
  const { port } = server.address() as AddressInfo
  const address = `${host}:${port}`
  return {
    port,
    address,
    url: `http://${address}`,
    async [Symbol.asyncDispose]() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
