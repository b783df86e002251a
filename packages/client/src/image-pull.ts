import { encodeRegistryAuth, type AuthRequest, type JsonMessage } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { jsonValues } from './json-values.ts'

export interface ImagePullOptions extends CallOptions {
  /** A tag or a digest; absent pulls every tag. */
  tag?: string | undefined
  /** `os/arch[/variant]`. */
  platform?: string | undefined
  auth?: AuthRequest
}

/**
 * Pulls an image and yields its progress. Failures before the first byte reject; later ones are a message with
 * `errorDetail`, which is the caller's to throw.
 */
export async function* pullImage(
  client: EngineClient,
  name: string,
  options: ImagePullOptions = {},
): AsyncGenerator<JsonMessage> {
  const { tag, platform, auth = {}, signal } = options
  const { body } = await client.send({
    method: 'POST',
    path: '/images/create',
    query: { fromImage: name, tag, platform },
    headers: { 'x-registry-auth': encodeRegistryAuth(auth) },
    signal,
  })
  yield* jsonValues<JsonMessage>(body)
}
