/** System V ABI, generic part, chapter 4 ("ELF Header") and 5 ("Program Header"); machine numbers from the processor supplements. */
const machines = { amd64: 62, arm64: 183 } as const

export type ElfArchitecture = keyof typeof machines

const headerBytes = 64
const segmentBytes = 56
const segmentCount = 2
const baseAddress = 0x400000n
/** The largest page of the architectures: arm64 kernels may use 64 KiB. */
const pageBytes = 0x10000n

const executableFile = 2
const loadable = 1
const gnuStack = 0x6474e551
const [readExecute, readWrite] = [5, 6]

/** A static executable of `code`, which is entered at its first byte and may be at any address. */
export function elfExecutable(architecture: ElfArchitecture, code: Uint8Array): Buffer {
  const codeOffset = headerBytes + segmentCount * segmentBytes
  const sizeBytes = codeOffset + code.length
  return Buffer.concat([
    elfHeader(machines[architecture], baseAddress + BigInt(codeOffset)),
    segment({ type: loadable, flags: readExecute, address: baseAddress, sizeBytes, align: pageBytes }),
    // Says that the stack need not be executable; without it the kernel makes it so.
    segment({ type: gnuStack, flags: readWrite, address: 0n, sizeBytes: 0, align: 16n }),
    code,
  ])
}

function elfHeader(machine: number, entry: bigint): Buffer {
  const header = Buffer.alloc(headerBytes)
  // Magic, 64-bit, little-endian, version 1, System V.
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0])
  header.writeUInt16LE(executableFile, 16)
  header.writeUInt16LE(machine, 18)
  header.writeUInt32LE(1, 20)
  header.writeBigUInt64LE(entry, 24)
  header.writeBigUInt64LE(BigInt(headerBytes), 32)
  header.writeUInt16LE(headerBytes, 52)
  header.writeUInt16LE(segmentBytes, 54)
  header.writeUInt16LE(segmentCount, 56)
  return header
}

interface Segment {
  type: number
  flags: number
  address: bigint
  sizeBytes: number
  align: bigint
}

function segment({ type, flags, address, sizeBytes, align }: Segment): Buffer {
  const header = Buffer.alloc(segmentBytes)
  header.writeUInt32LE(type, 0)
  header.writeUInt32LE(flags, 4)
  header.writeBigUInt64LE(address, 16)
  header.writeBigUInt64LE(address, 24)
  header.writeBigUInt64LE(BigInt(sizeBytes), 32)
  header.writeBigUInt64LE(BigInt(sizeBytes), 40)
  header.writeBigUInt64LE(align, 48)
  return header
}
