/**
 * The same pieces, the next one in the making while one is used: who takes them may have to wait for others meanwhile.
 * Who leaves waits for the piece that is on its way.
 */
export async function* readAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    for (let next = begin(iterator); ;) {
      const { done, value } = await next
      if (done) return
      next = begin(iterator)
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}

function begin<T>(iterator: AsyncIterator<T>): Promise<IteratorResult<T>> {
  const next = iterator.next()
  // Thrown where it is awaited; not unhandled when its reader leaves before.
  next.catch(() => {})
  return next
}
