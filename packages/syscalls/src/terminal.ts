import { closeSync } from 'node:fs'
import { addressOf, bind } from './library.ts'

const cSocket = bind('socket', 'int socket(int domain, int type, int protocol)')
const cBind = bind('bind', 'int bind(int fd, const uint8_t *address, uint32_t size)')
const cListen = bind('listen', 'int listen(int fd, int backlog)')
const cAccept4 = bind('accept4', 'int accept4(int fd, void *address, void *size, int flags)')
const cRecvmsg = bind('recvmsg', 'long recvmsg(int fd, uint8_t *message, int flags)')
const cIoctl = bind('ioctl', 'int ioctl(int fd, unsigned long request, uint8_t *argument)')

const unixDomain = 1
const streamType = 1
const cloexec = 0o2000000
const nonblocking = 0o4000
const cmsgCloexec = 0x40000000
const setWindowSizeRequest = 0x5414
const addressBytesMax = 108

/** A listening socket on which an OCI runtime hands over the terminal of one process. */
export interface ConsoleSocket extends Disposable {
  readonly path: string
  /** The terminal's descriptor, to be called once the runtime has exited: it has connected and sent by then. The caller closes it. */
  receive(): number
}

/** Listens at `path`, which must not exist and be shorter than 108 bytes. */
export function openConsoleSocket(path: string): ConsoleSocket {
  const name = Buffer.from(path)
  if (name.length >= addressBytesMax)
    throw new Error(`Cannot listen on ${path}: longer than ${addressBytesMax - 1} bytes`)
  const address = Buffer.alloc(2 + name.length + 1)
  address.writeUInt16LE(unixDomain, 0)
  name.copy(address, 2)
  const listener = cSocket(path, unixDomain, streamType | cloexec | nonblocking, 0)
  try {
    cBind(path, listener, address, address.length)
    cListen(path, listener, 1)
  } catch (error) {
    closeSync(listener)
    throw error
  }
  return {
    path,
    receive: () => receiveDescriptor(cAccept4(path, listener, null, null, cloexec)),
    [Symbol.dispose]: () => closeSync(listener),
  }
}

/** One descriptor sent over `connection` (SCM_RIGHTS), which is closed then. */
function receiveDescriptor(connection: number): number {
  const data = Buffer.alloc(4096)
  const control = Buffer.alloc(64)
  const vector = Buffer.alloc(16)
  const message = Buffer.alloc(56)
  vector.writeBigUInt64LE(addressOf(data), 0)
  vector.writeBigUInt64LE(BigInt(data.length), 8)
  message.writeBigUInt64LE(addressOf(vector), 16)
  message.writeBigUInt64LE(1n, 24)
  message.writeBigUInt64LE(addressOf(control), 32)
  message.writeBigUInt64LE(BigInt(control.length), 40)
  try {
    cRecvmsg('console socket', connection, message, cmsgCloexec)
  } finally {
    closeSync(connection)
  }
  const controlSize = message.readBigUInt64LE(40)
  if (controlSize === 0n) throw new Error('Cannot receive terminal: the message carries no descriptor')
  return control.readInt32LE(16)
}

/** TIOCSWINSZ: the size of a terminal in characters. */
export function setWindowSize(fd: number, size: { rows: number; columns: number }): void {
  const structure = Buffer.alloc(8)
  structure.writeUInt16LE(size.rows, 0)
  structure.writeUInt16LE(size.columns, 2)
  cIoctl('TIOCSWINSZ', fd, setWindowSizeRequest, structure)
}
