import { CodedError, KeyedMutex } from '@berth/stdx'
import type { Kernel, NetlinkSocket } from '@berth/syscalls'
import { constants } from 'node:os'
import { decodeMessages, encodeMessage, type NetlinkMessage, type NetlinkRequest } from './message.ts'
import { messageFlags, messageTypes } from './protocol.ts'

/** The kernel never sends more at once than the page-sized buffers it dumps into, 32 KiB at most. */
const answerBytesMax = 65_536
const maxSequence = 0xffff_ffff

/** A failed request: `code` is the errno's name, as in Node's own errors. */
export interface NetlinkError extends Error {
  code: string
}

/** Requests to the kernel's network configuration, one transaction after the other. Dispose closes the socket. */
export class RouteSocket implements Disposable {
  readonly #socket: NetlinkSocket
  readonly #turns = new KeyedMutex()
  #sequence = 0

  /** The socket works on the namespace in which the calling thread is now, wherever it is later. */
  constructor(kernel: Pick<Kernel, 'openNetlinkSocket'>) {
    this.#socket = kernel.openNetlinkSocket()
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]()
  }

  /**
   * Sends all requests in one call; resolves when the kernel has done them all. It tries each one even when an earlier
   * one failed; rejects with the first failure.
   */
  async apply(...requests: NetlinkRequest[]): Promise<void> {
    await this.#transact(requests, (request) => ({
      ...request,
      flags: (request.flags ?? 0) | messageFlags.ack,
    }))
  }

  /** The one object that `request` asks for. */
  async get(request: NetlinkRequest): Promise<Buffer> {
    const [answer] = await this.#transact([request], () => ({ ...request, flags: messageFlags.ack }))
    if (answer === undefined)
      throw new CodedError('internal', `Cannot ${request.purpose}: the kernel gave no answer`)
    return answer.body
  }

  /** Every object of the kind that `request` names. */
  async list(request: NetlinkRequest): Promise<Buffer[]> {
    const answers = await this.#transact([request], () => ({ ...request, flags: messageFlags.dump }))
    return answers.map(({ body }) => body)
  }

  #transact(
    requests: readonly NetlinkRequest[],
    prepare: (request: NetlinkRequest) => NetlinkRequest,
  ): Promise<NetlinkMessage[]> {
    return this.#turns.run('', async () => {
      const pending = new Map(requests.map((request) => [this.#nextSequence(), request]))
      await this.#socket.send(
        Buffer.concat([...pending].map(([sequence, request]) => encodeMessage(prepare(request), sequence))),
      )
      return this.#collect(pending)
    })
  }

  /** Reads until each of `pending` is acknowledged. Nothing waits: the answers are there once the send has returned. */
  #collect(pending: Map<number, NetlinkRequest>): NetlinkMessage[] {
    const answers: NetlinkMessage[] = []
    const failures: NetlinkError[] = []
    while (pending.size > 0) {
      for (const message of decodeMessages(this.#socket.receive(answerBytesMax))) {
        const request = pending.get(message.sequence)
        if (request === undefined) continue
        if (message.type !== messageTypes.error && message.type !== messageTypes.done) {
          answers.push(message)
          continue
        }
        pending.delete(message.sequence)
        const errno = message.body.readInt32LE(0)
        if (errno !== 0) failures.push(netlinkError(request.purpose, -errno))
      }
    }
    if (failures[0] !== undefined) throw failures[0]
    return answers
  }

  #nextSequence(): number {
    this.#sequence = this.#sequence === maxSequence ? 1 : this.#sequence + 1
    return this.#sequence
  }
}

function netlinkError(purpose: string, errno: number): NetlinkError {
  const [code] = Object.entries(constants.errno).find(([, value]) => value === errno) ?? [`errno ${errno}`]
  return Object.assign(new Error(`Cannot ${purpose}: ${code}`), { code })
}
