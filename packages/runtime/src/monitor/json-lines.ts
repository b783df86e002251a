import { CodedError } from '@berth/stdx'
import type { Socket } from 'node:net'
import { maxLineBytes } from './protocol.ts'

const newline = 0x0a

/** Cuts a stream of chunks into lines; a line longer than the limit is refused. */
export class LineSplitter {
  #parts: Uint8Array[] = []
  #sizeBytes = 0

  /** The lines that `chunk` completes, without their newlines. */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = []
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      lines.push(this.#take(chunk.subarray(start, end)))
      start = end + 1
    }
    this.#keep(chunk.subarray(start))
    return lines
  }

  #take(last: Uint8Array): string {
    this.#keep(last)
    const line = Buffer.concat(this.#parts).toString()
    this.#parts = []
    this.#sizeBytes = 0
    return line
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return
    this.#sizeBytes += part.length
    if (this.#sizeBytes > maxLineBytes) {
      throw new CodedError('invalid-argument', `Cannot read message: longer than ${maxLineBytes} bytes`)
    }
    this.#parts.push(part)
  }
}

/** Reads the first line of a connection and leaves what follows it unread. */
export async function readLine(socket: Socket): Promise<string> {
  const parts: Buffer[] = []
  let sizeBytes = 0
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const onReadable = () => {
    for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null) {
      const end = chunk.indexOf(newline)
      parts.push(end < 0 ? chunk : chunk.subarray(0, end))
      sizeBytes += chunk.length
      if (end >= 0) {
        // First, for giving back the rest makes the socket readable again.
        socket.off('readable', onReadable)
        if (end + 1 < chunk.length) socket.unshift(chunk.subarray(end + 1))
        return resolve(Buffer.concat(parts).toString())
      }
      if (sizeBytes > maxLineBytes)
        return reject(new CodedError('invalid-argument', 'Cannot read message: too long'))
    }
  }
  const onEnd = () => reject(new CodedError('unavailable', 'Cannot read message: the connection was closed'))
  socket.on('readable', onReadable).on('end', onEnd).on('close', onEnd).on('error', reject)
  try {
    return await promise
  } finally {
    socket.off('readable', onReadable).off('end', onEnd).off('close', onEnd).off('error', reject)
  }
}

/** Sends one JSON line; false when the connection is gone. */
export function sendLine(socket: Socket, message: unknown): boolean {
  return socket.writable && (socket.write(`${JSON.stringify(message)}\n`), true)
}
