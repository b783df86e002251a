import type { TarEntry } from './tar-entry.ts'
import { TarReader } from './tar-reader.ts'

export interface ReadMember {
  entry: TarEntry
  /** The stored bytes; what is not read before the next member is asked for is passed over. */
  body: AsyncGenerator<Uint8Array>
}

/**
 * The members of an archive one by one, with their bodies. As strict as `TarReader`, whose errors it throws; reads no
 * further than it is asked to.
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
  options: { headerBytesMax?: number } = {},
): AsyncGenerator<ReadMember> {
  const events = readEvents(source, options)
  let next = await events.next()
  async function* body(): AsyncGenerator<Uint8Array> {
    for (next = await events.next(); next.value instanceof Uint8Array; next = await events.next())
      yield next.value
  }
  try {
    while (!next.done) {
      const entry = next.value as TarEntry
      yield { entry, body: body() }
      while (!next.done && (next.value === entry || next.value instanceof Uint8Array))
        next = await events.next()
    }
  } finally {
    await events.return(undefined)
  }
}

/** Entries, each followed by the pieces of its body. */
async function* readEvents(
  source: AsyncIterable<Uint8Array>,
  options: { headerBytesMax?: number },
): AsyncGenerator<TarEntry | Uint8Array, undefined> {
  const events: (TarEntry | Uint8Array)[] = []
  const reader = new TarReader({
    ...options,
    onEntry: (entry) => events.push(entry),
    onBody: (piece) => events.push(piece),
  })
  for await (const piece of source) {
    reader.push(piece)
    yield* events.splice(0)
  }
  reader.end()
}
