import type { JsonMessage } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { jsonValues } from './json-values.ts'

export interface ImageImportOptions extends CallOptions {
  /** `name[:tag]`; without it the image has none. */
  repo?: string | undefined
  message?: string | undefined
  /** Dockerfile instructions that change its config. */
  changes?: readonly string[]
  /** `os/arch[/variant]`. */
  platform?: string | undefined
}

/**
 * Makes an image of one layer of a tar, or of what the engine gets from a URL; the last message's status is its id.
 * Failures on the way are messages with `errorDetail`.
 */
export async function* importImage(
  client: EngineClient,
  source: AsyncIterable<Uint8Array> | URL,
  options: ImageImportOptions = {},
): AsyncGenerator<JsonMessage> {
  const { signal, ...rest } = options
  const isUrl = source instanceof URL
  const { body } = await client.send({
    method: 'POST',
    path: '/images/create',
    query: { fromSrc: isUrl ? source.href : '-', ...rest },
    upload: isUrl ? undefined : source,
    signal,
  })
  yield* jsonValues<JsonMessage>(body)
}
