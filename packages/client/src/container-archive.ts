import { parsePathStat, pathStatHeader, type PathStat } from '@berth/api'
import type { CallOptions, EngineClient, EngineResponse } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { discard } from './response-body.ts'

export interface ContainerPathOptions extends CallOptions {
  path: string
}

/** What is at a path in a container; a link is not followed. Rejects with `not-found` when nothing is. */
export async function statContainerPath(
  client: EngineClient,
  id: string,
  { path, signal }: ContainerPathOptions,
): Promise<PathStat> {
  const request = {
    method: 'HEAD',
    path: pathOf`/containers/${id}/archive`,
    query: { path },
    signal,
  } as const
  const response = await client.send(request)
  await discard(response.body)
  return statOf(response)
}

/** What is at a path in a container as a tar, which is named as the path is. */
export async function getContainerArchive(
  client: EngineClient,
  id: string,
  { path, signal }: ContainerPathOptions,
): Promise<{ stat: PathStat; body: AsyncIterable<Uint8Array> }> {
  const request = { method: 'GET', path: pathOf`/containers/${id}/archive`, query: { path }, signal } as const
  const response = await client.send(request)
  return { stat: statOf(response), body: response.body }
}

function statOf({ headers }: EngineResponse): PathStat {
  const header = headers[pathStatHeader.toLowerCase()]
  return parsePathStat(typeof header === 'string' ? header : '')
}
