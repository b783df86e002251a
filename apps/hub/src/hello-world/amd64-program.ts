import { data, label, type Piece } from './assemble.ts'

// Encodings: Intel 64 manual, volume 2. System calls: number in rax, arguments in rdi, rsi, rdx, result in rax.
const writeCall = 1
const exitCall = 60

const fixed = (...bytes: number[]): Piece => ({ sizeBytes: bytes.length, encode: () => bytes })

const le32 = (value: number) => [
  value & 0xff,
  (value >> 8) & 0xff,
  (value >> 16) & 0xff,
  (value >> 24) & 0xff,
]

const movEax = (value: number) => fixed(0xb8, ...le32(value))
const movEdi = (value: number) => fixed(0xbf, ...le32(value))
const movEdx = (value: number) => fixed(0xba, ...le32(value))
const cmpRax = (value: number) => fixed(0x48, 0x83, 0xf8, value & 0xff)
const syscall = fixed(0x0f, 0x05)
const testRaxRax = fixed(0x48, 0x85, 0xc0)
const addRsiRax = fixed(0x48, 0x01, 0xc6)
const subRdxRax = fixed(0x48, 0x29, 0xc2)

const leaRsi = (target: string): Piece => ({
  sizeBytes: 7,
  encode: (at, addressOf) => [0x48, 0x8d, 0x35, ...le32(addressOf(target) - at - 7)],
})

const jump =
  (opcode: number) =>
  (target: string): Piece => ({
    sizeBytes: 2,
    encode: (at, addressOf) => [opcode, (addressOf(target) - at - 2) & 0xff],
  })
const jmp = jump(0xeb)
const je = jump(0x74)
const jne = jump(0x75)
const jle = jump(0x7e)

/** errno(3) */
const interrupted = -4
const tryAgain = -11

/** Writes all of `text` to standard output and exits with 0, or with 1 when it cannot be written. */
export function amd64Program(text: Uint8Array): readonly Piece[] {
  return [
    leaRsi('text'),
    movEdx(text.length),
    label('write'),
    movEax(writeCall),
    movEdi(1),
    syscall,
    testRaxRax,
    jle('failed'),
    addRsiRax,
    subRdxRax,
    jne('write'),
    movEdi(0),
    label('exit'),
    movEax(exitCall),
    syscall,
    label('failed'),
    cmpRax(interrupted),
    je('write'),
    cmpRax(tryAgain),
    je('write'),
    movEdi(1),
    jmp('exit'),
    label('text'),
    data(text),
  ]
}
