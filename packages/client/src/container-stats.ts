import type { ContainerStats } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { jsonValues } from './json-values.ts'
import { pathOf } from './path-of.ts'

export interface ContainerStatsOptions extends CallOptions {
  /** One sample instead of one a second. */
  once?: boolean
}

/** What a container uses: one sample a second until it is removed or the signal says stop, or a single one. */
export async function* watchContainerStats(
  client: EngineClient,
  id: string,
  { once, signal }: ContainerStatsOptions = {},
): AsyncGenerator<ContainerStats> {
  // The engine takes absence for yes, so no has to be written out.
  const query = { stream: once ? '0' : '1' }
  const { body } = await client.send({ method: 'GET', path: pathOf`/containers/${id}/stats`, query, signal })
  yield* jsonValues<ContainerStats>(body)
}
