import { CodedError } from '@berth/stdx'
import { align } from './attribute.ts'
import { messageFlags } from './protocol.ts'

const headerBytes = 16

/** What one message asks of the kernel; its fixed header comes first in `parts`, then its attributes. */
export interface NetlinkRequest {
  type: number
  flags?: number
  parts: readonly Uint8Array[]
  /** For errors: what is being done, as "create link x". */
  purpose: string
}

export interface NetlinkMessage {
  type: number
  sequence: number
  body: Buffer
}

export function encodeMessage(
  { type, flags = messageFlags.ack, parts }: NetlinkRequest,
  sequence: number,
): Uint8Array {
  const header = Buffer.alloc(headerBytes)
  const message = Buffer.concat([header, ...parts])
  message.writeUInt32LE(message.length, 0)
  message.writeUInt16LE(type, 4)
  message.writeUInt16LE(messageFlags.request | flags, 6)
  message.writeUInt32LE(sequence, 8)
  return message
}

/** The messages of one answer. Throws when a length points outside of it. */
export function decodeMessages(bytes: Uint8Array): NetlinkMessage[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const messages: NetlinkMessage[] = []
  for (let offset = 0; offset + headerBytes <= view.length;) {
    const length = view.readUInt32LE(offset)
    if (length < headerBytes || length > view.length - offset) {
      throw new CodedError(
        'internal',
        `Cannot decode netlink message: length ${length} at ${offset} of ${view.length} bytes`,
      )
    }
    messages.push({
      type: view.readUInt16LE(offset + 4),
      sequence: view.readUInt32LE(offset + 8),
      body: view.subarray(offset + headerBytes, offset + length),
    })
    offset += align(length)
  }
  return messages
}
