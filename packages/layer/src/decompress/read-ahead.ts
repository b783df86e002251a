/** The same pieces; the next is made while the one before is used. */
export async function* readAhead(pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    let coming = pieces.next()
    for (let piece = await coming; !piece.done; piece = await coming) {
      coming = pieces.next()
      // Awaited in the next turn; a failure until then is not unhandled.
      coming.catch(() => {})
      yield piece.value
    }
  } finally {
    // Waits for the piece that is on its way.
    await pieces.return(undefined)
  }
}
