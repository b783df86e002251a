import type { FileHandle } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { CodedError } from './coded-error.ts'

/** Moves bytes of files to one socket inside the kernel: what the socket takes without waiting, 0 when that is none. */
export interface FileSender extends Disposable {
  send(file: number, range: { start: number; lengthBytes: number }): Promise<number>
}

/** Opens a sender to the socket behind a descriptor, which stays its owner's. */
export type OpenFileSender = (socket: number) => FileSender

/** Bytes of a file from `start` to `end`, both inclusive. */
interface FileRange {
  start: number
  end: number
}

/** What one client gets before the others have their turn. */
const turnBytes = 1024 * 1024
/** A connection that Node writes nothing to looks idle to it, so it gets to write now and then. */
const stretchBytes = 64 * 1024 * 1024
/** Measured: of more, which the socket may have no room for at once, some readers wait much longer than others. */
const writtenBytes = 16 * 1024

/**
 * The descriptor of the socket that an answer goes out on, if bytes may be put there past Node: not through TLS, and not
 * before the answers that a client which asks ahead is still owed.
 */
export function findSocket({ socket }: ServerResponse): number | undefined {
  if (!socket || 'encrypted' in socket) return undefined
  // Node has no other way to tell; without it the bytes go the usual way.
  const { _handle: handle } = socket as { _handle?: { fd?: number } }
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined
}

/**
 * Writes a range of a file to an answer, whose head is written and says the length. Some of it goes through Node: after
 * the head, and whenever the socket is full, since its callback tells that everything before is out and that there is
 * room again. So headers, time-outs and clients that are slow or leave remain Node's.
 */
export async function sendFile(
  response: ServerResponse,
  {
    file,
    range,
    sender,
    signal,
  }: { file: FileHandle; range: FileRange; sender: FileSender; signal: AbortSignal },
): Promise<void> {
  const endBytes = range.end + 1
  const buffer = Buffer.allocUnsafeSlow(writtenBytes)
  for (let position = range.start; position < endBytes;) {
    position += await writePart(response, { file, buffer, position, endBytes, signal })
    position = await sendStretch(
      { file, sender, signal },
      position,
      Math.min(position + stretchBytes, endBytes),
    )
  }
}

/** Sends until the socket is full or the stretch at its end; returns how far it came. */
async function sendStretch(
  { file, sender, signal }: { file: FileHandle; sender: FileSender; signal: AbortSignal },
  from: number,
  to: number,
): Promise<number> {
  for (let position = from; position < to;) {
    const lengthBytes = Math.min(turnBytes, to - position)
    const sentBytes = await sender.send(file.fd, { start: position, lengthBytes })
    signal.throwIfAborted()
    position += sentBytes
    if (sentBytes < lengthBytes) return position
  }
  return to
}

async function writePart(
  response: ServerResponse,
  part: { file: FileHandle; buffer: Buffer; position: number; endBytes: number; signal: AbortSignal },
): Promise<number> {
  const { file, buffer, position, endBytes, signal } = part
  const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, endBytes - position), position)
  if (bytesRead === 0)
    throw new CodedError('data-loss', `Cannot send file: it ends at ${position} of ${endBytes}`)
  await write(response, buffer.subarray(0, bytesRead), signal)
  return bytesRead
}

/** Resolves when the kernel has taken it. */
function write(response: ServerResponse, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const leave = () => reject(signal.reason as Error)
  signal.addEventListener('abort', leave, { once: true })
  response.write(bytes, (error) => (error ? reject(error) : resolve()))
  return promise.finally(() => signal.removeEventListener('abort', leave))
}
