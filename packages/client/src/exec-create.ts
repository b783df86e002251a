import type { ExecCreateRequest, IdResponse } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { readJson } from './response-body.ts'

export interface ExecCreateOptions extends CallOptions {
  body: ExecCreateRequest
}

/** Prepares a process in a running container; `startExec` runs it. */
export async function createExec(
  client: EngineClient,
  containerId: string,
  { body, signal }: ExecCreateOptions,
): Promise<IdResponse> {
  return readJson(
    await client.send({ method: 'POST', path: pathOf`/containers/${containerId}/exec`, body, signal }),
  )
}
