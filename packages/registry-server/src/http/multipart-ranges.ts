import { randomBytes } from 'node:crypto'
import type { OutgoingHttpHeaders } from 'node:http'
import type { ByteRange } from '../storage/storage.ts'

/** Several ranges of one body as one answer. */
export interface MultipartRanges {
  headers: OutgoingHttpHeaders
  body(open: (range: ByteRange) => Promise<AsyncIterable<Uint8Array>>): AsyncGenerator<Uint8Array>
}

/** Lays ranges out as `multipart/byteranges`: RFC 9110, section 14.6. */
export function multipartRanges(ranges: readonly ByteRange[], sizeBytes: number): MultipartRanges {
  const boundary = randomBytes(18).toString('hex')
  const parts = ranges.map((range) => ({ range, head: partHead(boundary, range, sizeBytes) }))
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  const lengthBytes = parts.reduce(
    (total, { range, head }) => total + head.length + range.end - range.start + 1,
    tail.length,
  )
  return {
    headers: { 'Content-Type': `multipart/byteranges; boundary=${boundary}`, 'Content-Length': lengthBytes },
    async *body(open) {
      for (const { range, head } of parts) {
        yield head
        yield* await open(range)
      }
      yield tail
    },
  }
}

function partHead(boundary: string, { start, end }: ByteRange, sizeBytes: number): Buffer {
  const range = `Content-Range: bytes ${start}-${end}/${sizeBytes}`
  return Buffer.from(`\r\n--${boundary}\r\nContent-Type: application/octet-stream\r\n${range}\r\n\r\n`)
}
