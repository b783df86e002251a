import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { discard } from './response-body.ts'

export interface ImageTagOptions extends CallOptions {
  repo: string
  tag: string
}

/** Gives an image one more name, which is taken from the image that had it. */
export async function tagImage(client: EngineClient, name: string, options: ImageTagOptions): Promise<void> {
  const { repo, tag, signal } = options
  const { body } = await client.send({
    method: 'POST',
    path: pathOf`/images/${name}/tag`,
    query: { repo, tag },
    signal,
  })
  await discard(body)
}
