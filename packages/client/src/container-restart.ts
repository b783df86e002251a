import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { discard } from './response-body.ts'

export interface ContainerRestartOptions extends CallOptions {
  /** Seconds until it is killed: 0 at once, -1 never, absent as the container says. */
  timeout?: number | undefined
  /** Instead of the container's own. */
  stopSignal?: string | undefined
}

/** Stops a container, if it runs, and starts it. Resolves when it runs again. */
export async function restartContainer(
  client: EngineClient,
  id: string,
  { timeout, stopSignal, signal }: ContainerRestartOptions = {},
): Promise<void> {
  const query = { t: timeout, signal: stopSignal }
  const { body } = await client.send({
    method: 'POST',
    path: pathOf`/containers/${id}/restart`,
    query,
    signal,
  })
  await discard(body)
}
