import { closeSync } from 'node:fs'
import { bind, bindAsync } from './library.ts'

const cSocket = bind('socket', 'int socket(int domain, int type, int protocol)')
const cRecv = bind('recv', 'long recv(int fd, uint8_t *data, size_t size, int flags)')
const cSend = bindAsync('send', 'long send(int fd, const uint8_t *data, size_t size, int flags)')

const netlinkDomain = 16
const rawType = 3
const cloexec = 0o2000000
const routeProtocol = 0
const messageFlags = { truncated: 0x20, dontWait: 0x40 } as const

/** A socket that talks rtnetlink(7) to the kernel. It belongs for good to the network namespace it was opened in. */
export interface NetlinkSocket extends Disposable {
  /** Sends messages on a thread of the pool: the kernel works on them before it returns. */
  send(messages: Uint8Array): Promise<void>
  /** The next answer. Throws EAGAIN when there is none, and when the answer is longer than `sizeMax`. */
  receive(sizeMax: number): Uint8Array
}

/** Opens a route socket in the calling thread's network namespace. */
export function openNetlinkSocket(): NetlinkSocket {
  const fd = cSocket('NETLINK_ROUTE', netlinkDomain, rawType | cloexec, routeProtocol)
  return {
    async send(messages) {
      const sent = await cSend('netlink messages', fd, messages, messages.length, 0)
      if (sent !== messages.length)
        throw new Error(`Cannot send netlink messages: ${sent} of ${messages.length} bytes went out`)
    },
    receive(sizeMax) {
      const answer = Buffer.alloc(sizeMax)
      const size = cRecv(
        'netlink answer',
        fd,
        answer,
        answer.length,
        messageFlags.dontWait | messageFlags.truncated,
      )
      if (size > sizeMax)
        throw new Error(`Cannot receive netlink answer: ${size} bytes, at most ${sizeMax} are taken`)
      return answer.subarray(0, size)
    },
    [Symbol.dispose]: () => closeSync(fd),
  }
}
