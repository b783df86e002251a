import type { IdResponse } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

export interface ContainerCommitOptions extends CallOptions {
  repo?: string | undefined
  tag?: string | undefined
  author?: string | undefined
  comment?: string | undefined
  /** Dockerfile instructions that change its config. */
  changes?: readonly string[]
  /** False lets the container run on meanwhile, whose files may then not fit together. */
  pause?: boolean
}

/** Makes an image of a container and what it changed; gives its id. */
export async function commitContainer(
  client: EngineClient,
  container: string,
  { pause = true, signal, ...rest }: ContainerCommitOptions = {},
): Promise<IdResponse> {
  // The engine takes absence for yes, so no has to be written out.
  const query = { container, ...rest, ...(pause ? {} : { pause: '0' }) }
  return readJson(await client.send({ method: 'POST', path: '/commit', query, signal }))
}
