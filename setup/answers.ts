import { request } from 'node:http'

export interface ServerAddress {
  host?: string
  port?: number
  socketPath?: string
  path: string
}

/** Whether an HTTP server is there and does not fail: also a refusal for want of credentials is an answer. */
export function answers(address: ServerAddress): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const call = request({ ...address, agent: false, timeout: 2000 }, (response) => {
    response.resume()
    resolve((response.statusCode ?? 500) < 500)
  })
  call.on('error', () => resolve(false))
  call.on('timeout', () => call.destroy())
  call.end()
  return promise
}
