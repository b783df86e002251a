import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { discard } from './response-body.ts'

export interface ContainerStopOptions extends CallOptions {
  /** Seconds until it is killed: 0 at once, -1 never, absent as the container says. */
  timeout?: number | undefined
  /** Instead of the container's own. */
  stopSignal?: string | undefined
}

/** Asks a container to end and kills it when it does not. Resolves when it has ended; also when it had before. */
export async function stopContainer(
  client: EngineClient,
  id: string,
  { timeout, stopSignal, signal }: ContainerStopOptions = {},
): Promise<void> {
  const query = { t: timeout, signal: stopSignal }
  const { body } = await client.send({ method: 'POST', path: pathOf`/containers/${id}/stop`, query, signal })
  await discard(body)
}
