import { closeSync } from 'node:fs'
import { bind, bindAsync } from './library.ts'

const cFcntl = bind('fcntl', 'int fcntl(int fd, int command, long argument)')
const cSetsockopt = bind(
  'setsockopt',
  'int setsockopt(int socket, int level, int option, const uint8_t *value, uint32_t valueBytes)',
)
const cSendfile = bindAsync(
  'sendfile',
  'long sendfile(int socket, int file, uint8_t *offset, size_t lengthBytes)',
)

/** F_DUPFD_CLOEXEC (linux/fcntl.h). */
const duplicateCloexec = 1030
/** asm-generic/socket.h. The first asks for no more than anybody may have, the second takes a privilege. */
const solSocket = 1
const sendBuffer = 7
const sendBufferForced = 32

/** Moves bytes of files to one socket inside the kernel. */
export interface FileSender extends Disposable {
  /**
   * Sends what the socket takes without waiting, on a thread of the pool, since the file may have to come from disk.
   * Returns how many bytes that was. 0 when the socket takes none, now or ever, or the file has none there: reading and
   * writing them the usual way tells which. One call at a time; dispose only when none is under way.
   */
  send(file: number, range: { start: number; lengthBytes: number }): Promise<number>
}

interface FileSenderOptions {
  /**
   * As much may be on its way to a reader: what is sent at a time, until it must be waited for. Default: as the socket has
   * it, which is too little for a unix socket, and what TCP finds out for itself.
   */
  bufferBytes?: number
}

/**
 * Opens a sender to a non-blocking socket. It has a descriptor of its own, so that the number never comes to mean another
 * file while a thread is about to use it; the connection lasts until that is closed too.
 */
export function openFileSender(socket: number, { bufferBytes }: FileSenderOptions = {}): FileSender {
  const own = cFcntl('socket', socket, duplicateCloexec, 0)
  if (bufferBytes !== undefined) setSendBuffer(own, bufferBytes)
  const offset = Buffer.alloc(8)
  return {
    async send(file, { start, lengthBytes }) {
      offset.writeBigInt64LE(BigInt(start))
      return await cSendfile('file', own, file, offset, lengthBytes).catch(() => 0)
    },
    [Symbol.dispose]: () => closeSync(own),
  }
}

function setSendBuffer(socket: number, bufferBytes: number): void {
  const value = Buffer.alloc(4)
  value.writeInt32LE(bufferBytes)
  try {
    cSetsockopt('socket', socket, solSocket, sendBufferForced, value, value.length)
  } catch {
    // Without the privilege the kernel gives what it gives to all.
    cSetsockopt('socket', socket, solSocket, sendBuffer, value, value.length)
  }
}
