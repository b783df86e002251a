import { readBounded } from '@berth/stdx'
import type { EngineResponse } from './engine-client.ts'
import { parseJson } from './json-values.ts'

/** Lists of ten thousands of objects fit; anything larger is not a reply. */
const jsonBytesMax = 256 * 1024 * 1024

export async function readJson<T>({ body }: EngineResponse): Promise<T> {
  return parseJson(
    Buffer.from(await readBounded(body, jsonBytesMax, 'the reply of the engine')).toString(),
  ) as T
}

/** Reads to the end, so that the connection can serve the next request. */
export async function discard(body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of body);
}
