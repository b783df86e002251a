import { startContainer, type EngineClient } from '@berth/client'
import type { Io } from '../../command/io.ts'
import { startFailure } from './start-failure.ts'

/** Starts a container and prints its id, which is there also when the start fails. */
export async function startDetached(client: EngineClient, id: string, io: Io): Promise<void> {
  try {
    await startContainer(client, id)
  } catch (error) {
    throw startFailure(error)
  } finally {
    io.stdout.write(`${id}\n`)
  }
}
