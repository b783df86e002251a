import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { discard } from './response-body.ts'

export interface ContainerRemoveOptions extends CallOptions {
  /** Kill it first. */
  force?: boolean
  /** Its anonymous volumes too. */
  volumes?: boolean
  /** Only the link of that name. */
  link?: boolean
}

/**
 * Removes a container; it is gone when this resolves. Rejects with `conflict` when it runs and `force` is not set.
 */
export async function removeContainer(
  client: EngineClient,
  id: string,
  { force, volumes, link, signal }: ContainerRemoveOptions = {},
): Promise<void> {
  const query = { force, v: volumes, link }
  const { body } = await client.send({ method: 'DELETE', path: pathOf`/containers/${id}`, query, signal })
  await discard(body)
}
