import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { discard } from './response-body.ts'

export interface ContainerRenameOptions extends CallOptions {
  name: string
}

/** Gives a container another name. Rejects with `conflict` when that name is taken. */
export async function renameContainer(
  client: EngineClient,
  id: string,
  { name, signal }: ContainerRenameOptions,
): Promise<void> {
  const path = pathOf`/containers/${id}/rename`
  const { body } = await client.send({ method: 'POST', path, query: { name }, signal })
  await discard(body)
}
