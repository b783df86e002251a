import { startContainer, type EngineClient } from '@berth/client'
import type { Io } from '../../command/io.ts'
import { startFailure } from './start-failure.ts'

/** Starts a container and prints its id. */
export async function startDetached(client: EngineClient, id: string, io: Io): Promise<void> {
  await startContainer(client, id).catch((error: unknown) => {
    throw startFailure(error)
  })
  io.stdout.write(`${id}\n`)
}
