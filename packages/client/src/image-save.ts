import type { CallOptions, EngineClient } from './engine-client.ts'

export interface ImageSaveOptions extends CallOptions {
  /** Of a multi-platform image only these, each as the JSON of an OCI platform. */
  platforms?: readonly string[]
}

/** The images as one tar. Rejects with `not-found` when one is not here. */
export async function saveImages(
  client: EngineClient,
  names: readonly string[],
  { platforms, signal }: ImageSaveOptions = {},
): Promise<AsyncIterable<Uint8Array>> {
  const query = { names, platform: platforms }
  const { body } = await client.send({ method: 'GET', path: '/images/get', query, signal })
  return body
}
