import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { givenIndex, takenIndex, type DecoderReply } from './decoder-messages.ts'

/** Pieces decoded ahead of who reads them. */
const piecesAheadMax = 4

/** The thread's end: both calls block, since decoders are synchronous; the owner ends the thread to interrupt them. */
export class PieceExchange {
  readonly #port: MessagePort
  readonly #counters: Int32Array
  #sent = 0

  constructor(port: MessagePort, counters: Int32Array) {
    this.#port = port
    this.#counters = counters
  }

  /** The next piece of the source; undefined at its end. */
  take(): Uint8Array | undefined {
    const given = Atomics.load(this.#counters, givenIndex)
    this.#say({ type: 'want' })
    Atomics.wait(this.#counters, givenIndex, given)
    const received = receiveMessageOnPort(this.#port)
    return (received?.message as Uint8Array | null | undefined) ?? undefined
  }

  /** Hands out `bytes`, whose buffer is gone then, and waits while nobody reads. */
  give(bytes: Uint8Array<ArrayBuffer>): void {
    if (bytes.length === 0) return
    this.#say({ type: 'piece', bytes }, [bytes.buffer])
    this.#sent++
    for (;;) {
      const taken = Atomics.load(this.#counters, takenIndex)
      if (this.#sent - taken < piecesAheadMax) return
      Atomics.wait(this.#counters, takenIndex, taken)
    }
  }

  #say(reply: DecoderReply, transferred: ArrayBuffer[] = []): void {
    this.#port.postMessage(reply, transferred)
  }
}
