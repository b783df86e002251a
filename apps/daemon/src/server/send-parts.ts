import type { FileHandle } from 'node:fs/promises'
import { CodedError, findSocket, sendFile, type FileSender } from '@berth/stdx'
import { linuxKernel } from '@berth/syscalls'
import type { Exchange } from './exchange.ts'
import { writeTo } from './send-bytes.ts'

interface WholeFile {
  file: FileHandle
  sizeBytes: number
}

/** A body in parts; a file is sent whole, and belongs to whoever gives it. */
export interface PartedBody extends AsyncDisposable {
  sizeBytes: number
  parts: AsyncIterable<Uint8Array | WholeFile>
}

/** What a unix socket holds: with the usual 208 KiB both sides wait for each other most of the time. */
const bufferBytes = 1024 * 1024
/** Where the kernel cannot move a file, it is read in pieces of this size. */
const chunkBytes = 1024 * 1024

/**
 * Sends a body whose length is known. Files go to the socket inside the kernel, but not through TLS. What goes wrong after
 * the header cuts the connection, and the length tells the client that the body is not whole.
 */
export async function sendParts(
  exchange: Exchange,
  { sizeBytes, parts }: PartedBody,
  { contentType }: { contentType: string },
): Promise<void> {
  const { response, signal } = exchange
  exchange.markEndless()
  response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': sizeBytes })
  using sender = openSender(exchange)
  for await (const part of parts) {
    if (part instanceof Uint8Array) await writeTo(response, part, signal)
    else if (sender) {
      const range = { start: 0, end: part.sizeBytes - 1 }
      await sendFile(response, { file: part.file, range, sender, signal })
    } else await copyFile(exchange, part)
  }
  response.end()
}

function openSender({ response, request }: Exchange): FileSender | undefined {
  const socket = findSocket(response)
  const isUnix = request.socket.remoteAddress === undefined
  return socket === undefined ? undefined : linuxKernel.openFileSender(socket, isUnix ? { bufferBytes } : {})
}

async function copyFile({ response, signal }: Exchange, { file, sizeBytes }: WholeFile): Promise<void> {
  let sentBytes = 0
  const options = { start: 0, end: sizeBytes - 1, highWaterMark: chunkBytes, autoClose: false }
  for await (const chunk of file.createReadStream(options) as AsyncIterable<Buffer>) {
    await writeTo(response, chunk, signal)
    sentBytes += chunk.length
  }
  if (sentBytes < sizeBytes)
    throw new CodedError('data-loss', `Cannot send file: it ends at ${sentBytes} of ${sizeBytes}`)
}
