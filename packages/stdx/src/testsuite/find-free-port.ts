import { createServer } from 'node:http'
import { listenOnLoopback } from './listening-server.ts'

/** A port of 127.0.0.1 that nobody has: for programs that must be told one. */
export async function findFreePort(): Promise<number> {
  await using server = await listenOnLoopback(createServer())
  return server.port
}
