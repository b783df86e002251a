import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'

export interface ContainerLogsOptions extends CallOptions {
  stdout?: boolean
  stderr?: boolean
  follow?: boolean
  timestamps?: boolean
  details?: boolean
  /** Seconds since the epoch with up to nine decimals. */
  since?: string | undefined
  until?: string | undefined
  /** A number of lines or `all`. */
  tail?: string | undefined
}

/** The log as raw bytes; multiplexed unless the container has a terminal. */
export async function getContainerLogs(
  client: EngineClient,
  id: string,
  { signal, ...query }: ContainerLogsOptions,
): Promise<AsyncIterable<Uint8Array>> {
  const { body } = await client.send({
    method: 'GET',
    path: pathOf`/containers/${id}/logs`,
    query: { ...query },
    signal,
  })
  return body
}
