import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { discard } from './response-body.ts'

export interface ContainerExtractOptions extends CallOptions {
  /** Of a directory in the container. */
  path: string
  /** A tar, compressed or not. */
  upload: AsyncIterable<Uint8Array>
  /** All of it becomes the container's user's. */
  copyUIDGID?: boolean
}

/** Unpacks an archive into a directory of a container. Rejects when a directory and something else want one name. */
export async function extractToContainer(
  client: EngineClient,
  id: string,
  { path, upload, copyUIDGID = false, signal }: ContainerExtractOptions,
): Promise<void> {
  const query = { path, noOverwriteDirNonDir: 'true', ...(copyUIDGID ? { copyUIDGID: 'true' } : {}) }
  const request = { method: 'PUT', path: pathOf`/containers/${id}/archive`, query, upload, signal } as const
  const { body } = await client.send(request)
  await discard(body)
}
