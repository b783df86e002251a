import type { ContainerWaitResponse, WaitCondition } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { readJson } from './response-body.ts'

export interface ContainerWaitOptions extends CallOptions {
  condition?: WaitCondition
}

/** A wait that the engine has registered: what happens from here on is not missed. */
export interface ContainerWait {
  /** The container's end; call it once. */
  result(): Promise<ContainerWaitResponse>
}

/** Resolves as soon as the engine waits, so that a start after it cannot be too early. */
export async function waitContainer(
  client: EngineClient,
  id: string,
  { condition, signal }: ContainerWaitOptions = {},
): Promise<ContainerWait> {
  const path = pathOf`/containers/${id}/wait`
  const response = await client.send({ method: 'POST', path, query: { condition }, signal })
  return { result: () => readJson<ContainerWaitResponse>(response) }
}
