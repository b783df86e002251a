import { data, label, type Piece } from './assemble.ts'

// Encodings: Arm Architecture Reference Manual, C6.2. System calls: number in x8, arguments in x0 to x2, result in x0.
const writeCall = 64
const exitCall = 93

const word = (encode: (at: number, addressOf: (label: string) => number) => number): Piece => ({
  sizeBytes: 4,
  encode: (at, addressOf) => {
    const value = encode(at, addressOf)
    return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff]
  },
})

/** Any 16-bit value; a text is shorter than 64 KiB. */
const movz = (register: number, value: number) => word(() => 0xd2800000 | (value << 5) | register)
const svc = word(() => 0xd4000001)
const add = (to: number, a: number, b: number) => word(() => 0x8b000000 | (b << 16) | (a << 5) | to)
const subs = (to: number, a: number, b: number) => word(() => 0xeb000000 | (b << 16) | (a << 5) | to)
/** Compare with zero. */
const cmpZero = (register: number) => word(() => 0xf100001f | (register << 5))
/** Compare with the negative of `value`. */
const cmn = (register: number, value: number) => word(() => 0xb100001f | (value << 10) | (register << 5))

const adr = (register: number, target: string) =>
  word((at, addressOf) => {
    const offset = addressOf(target) - at
    return 0x10000000 | ((offset & 3) << 29) | (((offset >> 2) & 0x7ffff) << 5) | register
  })

const b = (target: string) =>
  word((at, addressOf) => 0x14000000 | (((addressOf(target) - at) >> 2) & 0x3ffffff))

const branchIf = (condition: number) => (target: string) =>
  word((at, addressOf) => 0x54000000 | ((((addressOf(target) - at) >> 2) & 0x7ffff) << 5) | condition)
const bEq = branchIf(0)
const bNe = branchIf(1)
const bLe = branchIf(13)

const [x0, x1, x2, x8] = [0, 1, 2, 8] as const

/** errno(3), without the sign that a system call puts before it */
const interrupted = 4
const tryAgain = 11

/** Writes all of `text` to standard output and exits with 0, or with 1 when it cannot be written. */
export function arm64Program(text: Uint8Array): readonly Piece[] {
  return [
    adr(x1, 'text'),
    movz(x2, text.length),
    label('write'),
    movz(x8, writeCall),
    movz(x0, 1),
    svc,
    cmpZero(x0),
    bLe('failed'),
    add(x1, x1, x0),
    subs(x2, x2, x0),
    bNe('write'),
    movz(x0, 0),
    label('exit'),
    movz(x8, exitCall),
    svc,
    label('failed'),
    cmn(x0, interrupted),
    bEq('write'),
    cmn(x0, tryAgain),
    bEq('write'),
    movz(x0, 1),
    b('exit'),
    label('text'),
    data(text),
  ]
}
