import { CodedError } from '@berth/stdx'

/**
 * The multiplexing of attach, exec and logs without a terminal: each write is a frame of one byte for the stream, three
 * zero bytes, the payload's length as a big-endian 32-bit number, and the payload.
 */
const rawStreams = { stdin: 0, stdout: 1, stderr: 2, system: 3 } as const

export type RawStreamName = keyof typeof rawStreams

export interface Frame {
  stream: RawStreamName
  payload: Uint8Array
}

/** How many bytes come before the payload of a frame: stream, three zeros, length. */
const frameHeaderBytes = 8

const names: readonly RawStreamName[] = ['stdin', 'stdout', 'stderr', 'system']

/** One frame; the payload is copied. */
export function encodeFrame(stream: RawStreamName, payload: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(frameHeaderBytes + payload.length)
  frame.writeUInt32BE(rawStreams[stream] * 2 ** 24, 0)
  frame.writeUInt32BE(payload.length, 4)
  frame.set(payload, frameHeaderBytes)
  return frame
}

/**
 * Takes frames apart as bytes arrive. A frame longer than a chunk comes out in pieces, so memory stays bounded by the
 * chunk whatever length a header claims. Payloads are views into the chunks.
 */
export class FrameDecoder {
  readonly #header = Buffer.alloc(frameHeaderBytes)
  #headerBytes = 0
  #stream: RawStreamName = 'stdout'
  #remaining = 0

  /** The pieces that `chunk` completes or continues; throws `data-loss` when the bytes are not frames. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = []
    let offset = 0
    while (offset < chunk.length) {
      if (this.#remaining === 0) {
        offset += this.#readHeader(chunk.subarray(offset))
        continue
      }
      const payload = chunk.subarray(offset, offset + this.#remaining)
      frames.push({ stream: this.#stream, payload })
      offset += payload.length
      this.#remaining -= payload.length
    }
    return frames
  }

  /** True between frames: an end anywhere else means that bytes were lost. */
  get isComplete(): boolean {
    return this.#headerBytes === 0 && this.#remaining === 0
  }

  #readHeader(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, frameHeaderBytes - this.#headerBytes)
    this.#header.set(taken, this.#headerBytes)
    this.#headerBytes += taken.length
    if (this.#headerBytes < frameHeaderBytes) return taken.length
    const stream = names[this.#header.readUInt8(0)]
    if (stream === undefined) {
      throw new CodedError('data-loss', `Unrecognized stream: ${this.#header.readUInt8(0)}`)
    }
    this.#stream = stream
    this.#remaining = this.#header.readUInt32BE(4)
    this.#headerBytes = 0
    return taken.length
  }
}
