import type { CallOptions, EngineClient, HijackedStream } from './engine-client.ts'
import { pathOf } from './path-of.ts'

export interface ContainerAttachOptions extends CallOptions {
  stdin?: boolean
  stdout?: boolean
  stderr?: boolean
  /** What it wrote so far, first. */
  logs?: boolean
  detachKeys?: string | undefined
}

/** A raw stream to the container's own stdio; multiplexed unless it has a terminal. Ends when the container does. */
export async function attachContainer(
  client: EngineClient,
  id: string,
  { signal, ...streams }: ContainerAttachOptions,
): Promise<HijackedStream> {
  const path = pathOf`/containers/${id}/attach`
  return client.hijack({ method: 'POST', path, query: { ...streams, stream: true }, signal })
}
