import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { CodedError } from '@berth/stdx'

export interface LedgerEntry {
  signal: AbortSignal
  typedAhead: () => Buffer | undefined
  markEndless: () => void
  /** To be called when the answer is complete. */
  close: () => void
}

interface OpenExchange {
  controller: AbortController
  socket: Socket
  isEndless: boolean
}

/** At most this much of what a client types before it was answered is kept. */
const typedAheadBytesMax = 64 * 1024
/** After being told to stop, an answer has this long. */
const abortGraceMs = 1_000

/** The requests that are being answered: who leaves is noticed, and a closing server knows whom to wait for. */
export class ConnectionLedger {
  readonly #open = new Set<OpenExchange>()
  readonly #typedAhead = new WeakMap<Socket, Buffer>()
  #onEmpty: (() => void) | undefined

  open(socket: Socket): LedgerEntry {
    const exchange: OpenExchange = { controller: new AbortController(), socket, isEndless: false }
    const leave = () => exchange.controller.abort(new CodedError('cancelled', 'the client has left'))
    for (const event of ['error', 'close']) socket.once(event, leave)
    this.#open.add(exchange)
    return {
      signal: exchange.controller.signal,
      typedAhead: () => this.#typedAhead.get(socket),
      markEndless: () => {
        exchange.isEndless = true
      },
      close: () => {
        for (const event of ['error', 'close']) socket.off(event, leave)
        this.#open.delete(exchange)
        if (this.#open.size === 0) this.#onEmpty?.()
      },
    }
  }

  /**
   * Takes bytes that are no HTTP but came while a request of this connection is being answered: the client may be about
   * to use it raw. False when there is no such request.
   */
  keepTypedAhead(socket: Socket, packet: Buffer | undefined): boolean {
    const isOpen = [...this.#open].some((exchange) => exchange.socket === socket)
    if (!isOpen) return false
    const early = packet && behindRequest(packet)
    if (early && early.length <= typedAheadBytesMax) this.#typedAhead.set(socket, early)
    return true
  }

  /** Ends what has no end, waits for the rest, then ends that too. */
  async drain(graceMs: number): Promise<void> {
    this.#abort((exchange) => exchange.isEndless)
    await this.#empty(graceMs)
    this.#abort(() => true)
    await this.#empty(abortGraceMs)
    for (const { socket } of this.#open) socket.destroy()
  }

  #abort(isMeant: (exchange: OpenExchange) => boolean): void {
    const reason = new CodedError('cancelled', 'the engine is shutting down')
    for (const exchange of this.#open) if (isMeant(exchange)) exchange.controller.abort(reason)
  }

  async #empty(timeoutMs: number): Promise<void> {
    if (this.#open.size === 0) return
    const controller = new AbortController()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#onEmpty = resolve
    await Promise.race([
      promise,
      sleep(timeoutMs, undefined, { signal: controller.signal }).catch(() => undefined),
    ])
    controller.abort()
  }
}

/** What follows the request in the packet that holds it whole; undefined when it began in an earlier one. */
function behindRequest(packet: Buffer): Buffer | undefined {
  const headerEnd = packet.indexOf('\r\n\r\n')
  if (headerEnd < 0) return undefined
  const header = packet.subarray(0, headerEnd).toString('latin1')
  const bodyBytes = Number(/^content-length:\s*(\d+)\s*$/im.exec(header)?.[1] ?? 0)
  return packet.subarray(headerEnd + 4 + bodyBytes)
}
