import type { CheckMessage } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { jsonValues } from './json-values.ts'

export interface SystemCheckOptions extends CallOptions {
  /** Mend what can be. */
  repair?: boolean
}

/**
 * Reads everything that the engine keeps and yields what is wrong, then a summary. Rejects with `not-found` on engines
 * other than ours, which cannot do it.
 */
export async function* checkSystem(
  client: EngineClient,
  { repair, signal }: SystemCheckOptions = {},
): AsyncGenerator<CheckMessage> {
  const { body } = await client.send({ method: 'POST', path: '/berth/check', query: { repair }, signal })
  yield* jsonValues<CheckMessage>(body)
}
