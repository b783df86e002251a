import type { FilesystemChange } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { readJson } from './response-body.ts'

/** What a container changed of its image's files, by path. */
export async function getContainerChanges(
  client: EngineClient,
  id: string,
  { signal }: CallOptions = {},
): Promise<FilesystemChange[]> {
  const path = pathOf`/containers/${id}/changes`
  return (await readJson<FilesystemChange[] | null>(await client.send({ method: 'GET', path, signal }))) ?? []
}
