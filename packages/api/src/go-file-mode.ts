/** Bits of Go's io/fs.FileMode beside the permissions, by what they say. */
const goBits = {
  directory: 0x8000_0000,
  symlink: 0x0800_0000,
  device: 0x0400_0000,
  fifo: 0x0200_0000,
  socket: 0x0100_0000,
  setuid: 0x0080_0000,
  setgid: 0x0040_0000,
  characterDevice: 0x0020_0000,
  sticky: 0x0010_0000,
} as const

/** Types of stat(2)'s mode (inode(7)) and what Go says for them. */
const types: readonly [unix: number, go: number][] = [
  [0o040000, goBits.directory],
  [0o120000, goBits.symlink],
  [0o060000, goBits.device],
  [0o020000, goBits.device + goBits.characterDevice],
  [0o010000, goBits.fifo],
  [0o140000, goBits.socket],
]
const typeMask = 0o170000
const special: readonly [unix: number, go: number][] = [
  [0o4000, goBits.setuid],
  [0o2000, goBits.setgid],
  [0o1000, goBits.sticky],
]

/** A mode of stat(2) as Go writes it, which is how it goes over the wire. */
export function goFileMode(mode: number): number {
  const type = types.find(([unix]) => (mode & typeMask) === unix)?.[1] ?? 0
  return special.reduce((sum, [unix, go]) => sum + (mode & unix ? go : 0), type + (mode & 0o777))
}

export type GoFileType = 'file' | 'directory' | 'symlink' | 'device' | 'other'

/** What kind of file a mode of Go's belongs to. */
export function goFileType(mode: number): GoFileType {
  if (hasBit(mode, goBits.directory)) return 'directory'
  if (hasBit(mode, goBits.symlink)) return 'symlink'
  if (hasBit(mode, goBits.device)) return 'device'
  return hasBit(mode, goBits.fifo) || hasBit(mode, goBits.socket) ? 'other' : 'file'
}

/** The sign bit is one of them, so the mode is no number for `&` as it stands. */
const hasBit = (mode: number, bit: number): boolean => Math.floor(mode / bit) % 2 === 1
