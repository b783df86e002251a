import type { CallOptions, EngineClient } from './engine-client.ts'

export interface ImageSaveOptions extends CallOptions {
  /** One of a multi-platform image, as the JSON of an OCI platform. */
  platform?: string | undefined
}

/** The images as one tar. Rejects with `not-found` when one is not here. */
export async function saveImages(
  client: EngineClient,
  names: readonly string[],
  { platform, signal }: ImageSaveOptions = {},
): Promise<AsyncIterable<Uint8Array>> {
  const query = { names, platform }
  const { body } = await client.send({ method: 'GET', path: '/images/get', query, signal })
  return body
}
