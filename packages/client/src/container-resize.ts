import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { discard } from './response-body.ts'

export interface ContainerResizeOptions extends CallOptions {
  height: number
  width: number
}

/** Sets the size of its terminal in characters. */
export async function resizeContainer(
  client: EngineClient,
  id: string,
  { height, width, signal }: ContainerResizeOptions,
): Promise<void> {
  const query = { h: height, w: width }
  const { body } = await client.send({
    method: 'POST',
    path: pathOf`/containers/${id}/resize`,
    query,
    signal,
  })
  await discard(body)
}
