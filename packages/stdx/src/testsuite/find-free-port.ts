import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the ports that Linux gives to who asks for none: no connection and no other server gets one of these by chance. */
const ports = { first: 20_000, end: 32_000 }
const triesMax = 100

/** A port of 127.0.0.1 that nobody has: for programs that must be told one. */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < triesMax; tries++) {
    const port = randomInt(ports.first, ports.end)
    if (await isFree(port)) return port
  }
  throw new Error(`${triesMax} ports from ${ports.first} on are taken`)
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening')
  } catch {
    return false
  }
  const closed = once(server, 'close')
  server.close()
  await closed
  return true
}
