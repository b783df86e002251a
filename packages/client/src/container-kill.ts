import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { discard } from './response-body.ts'

export interface ContainerKillOptions extends CallOptions {
  /** Name or number; absent is SIGKILL. */
  killSignal?: string | undefined
}

/** Sends a signal, SIGKILL unless named. Rejects with `conflict` when the container does not run. */
export async function killContainer(
  client: EngineClient,
  id: string,
  { killSignal, signal }: ContainerKillOptions = {},
): Promise<void> {
  const query = { signal: killSignal }
  const { body } = await client.send({ method: 'POST', path: pathOf`/containers/${id}/kill`, query, signal })
  await discard(body)
}
