import { encodeRegistryAuth, type AuthRequest, type JsonMessage } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { jsonValues } from './json-values.ts'
import { pathOf } from './path-of.ts'

export interface ImagePushOptions extends CallOptions {
  /** Absent pushes every tag of the repository. */
  tag?: string | undefined
  /** One of a multi-platform image, as the JSON of an OCI platform. */
  platform?: string | undefined
  auth?: AuthRequest
}

/**
 * Pushes an image to the registry of its name and yields its progress. Failures before the first byte reject; later
 * ones are a message with `errorDetail`, which is the caller's to throw.
 */
export async function* pushImage(
  client: EngineClient,
  name: string,
  options: ImagePushOptions = {},
): AsyncGenerator<JsonMessage> {
  const { tag, platform, auth = {}, signal } = options
  const { body } = await client.send({
    method: 'POST',
    path: pathOf`/images/${name}/push`,
    query: { tag, platform },
    headers: { 'x-registry-auth': encodeRegistryAuth(auth) },
    signal,
  })
  yield* jsonValues<JsonMessage>(body)
}
