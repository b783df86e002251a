import type { JsonMessage } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { jsonValues } from './json-values.ts'

export interface ImageLoadOptions extends CallOptions {
  /** Of a multi-platform image only these, each as the JSON of an OCI platform. */
  platforms?: readonly string[]
  /** No progress, only what was loaded. */
  quiet?: boolean
}

/** Brings in the images of a tar, compressed or not, and yields its progress; failures are messages with `errorDetail`. */
export async function* loadImages(
  client: EngineClient,
  upload: AsyncIterable<Uint8Array>,
  { platforms, quiet = false, signal }: ImageLoadOptions = {},
): AsyncGenerator<JsonMessage> {
  // The engine takes absence for yes, so no has to be written out.
  const query = { platform: platforms, quiet: quiet ? '1' : '0' }
  const { body } = await client.send({ method: 'POST', path: '/images/load', query, upload, signal })
  yield* jsonValues<JsonMessage>(body)
}
