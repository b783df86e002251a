const blockBytes = 512

/** A tar archive with one executable file owned by root, dated `modifiedAt` (seconds since the epoch): POSIX.1-1988 ustar. */
export function singleFileTar(name: string, content: Uint8Array, modifiedAt: number): Buffer {
  const padding = Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes)
  const end = Buffer.alloc(2 * blockBytes)
  return Buffer.concat([header(name, content.length, modifiedAt), content, padding, end])
}

function header(name: string, sizeBytes: number, modifiedAt: number): Buffer {
  const block = Buffer.alloc(blockBytes)
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`
  block.write(name, 0)
  block.write(octal(0o755, 7), 100)
  block.write(octal(0, 7), 108)
  block.write(octal(0, 7), 116)
  block.write(octal(sizeBytes, 11), 124)
  block.write(octal(modifiedAt, 11), 136)
  // The checksum counts its own field as spaces.
  block.write('        ', 148)
  block.write('0', 156)
  block.write('ustar\x0000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}
