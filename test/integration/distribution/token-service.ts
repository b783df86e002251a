import { createServer } from 'node:http'
import { listenOnLoopback, type ListeningServer } from '@berth/stdx/testsuite'

/** A token service that gives everybody a token. */
export function startTokenService(nextToken: () => string): Promise<ListeningServer> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ token: nextToken(), expires_in: 300 }))
  })
  return listenOnLoopback(server)
}
