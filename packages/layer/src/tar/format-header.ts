import { CodedError } from '@berth/stdx'
import { quoted } from './malformed.ts'
import { formatPaxRecord } from './pax.ts'
import { tarBlockBytes, tarPadding, type TarEntry, type TarEntryType } from './tar-entry.ts'

const typeFlags: Readonly<Record<TarEntryType, string>> = {
  file: '0',
  link: '1',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
}

const octalMax = { 8: 0o7777777, 12: 0o77777777777 } as const
const nameBytesMax = 100
const prefixBytesMax = 155

/**
 * The blocks that stand before a member's body: a ustar header, and before it a PAX header when a name, number, time or
 * attribute does not fit. The same entry always gives the same bytes. Sparse entries are not written.
 */
export function formatHeader(entry: TarEntry): Buffer {
  const records = paxRecords(entry)
  const header = ustarHeader(entry, typeFlags[entry.type])
  if (records === '') return header
  const body = Buffer.from(records, 'latin1')
  const paxEntry = {
    ...entry,
    name: 'PaxHeaders/entry',
    linkName: '',
    mode: 0o644,
    uid: 0,
    gid: 0,
    sizeBytes: body.length,
  }
  const paxHeader = ustarHeader({ ...paxEntry, mtimeSeconds: 0, major: 0, minor: 0 }, 'x')
  return Buffer.concat([paxHeader, body, Buffer.alloc(tarPadding(body.length)), header])
}

const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)
const fits = (value: number, width: 8 | 12): boolean => value >= 0 && value <= octalMax[width]

function paxRecords(entry: TarEntry): string {
  const records: [string, string][] = []
  if (splitName(entry.name) === undefined) records.push(['path', entry.name])
  if (entry.linkName.length > nameBytesMax || !isPlain(entry.linkName))
    records.push(['linkpath', entry.linkName])
  if (!fits(entry.uid, 8)) records.push(['uid', String(entry.uid)])
  if (!fits(entry.gid, 8)) records.push(['gid', String(entry.gid)])
  if (!fits(entry.sizeBytes, 12)) records.push(['size', String(entry.sizeBytes)])
  if (entry.mtimeNanoseconds !== 0 || !fits(entry.mtimeSeconds, 12))
    records.push(['mtime', formatTime(entry)])
  const names = [...entry.xattrs.keys()].sort()
  for (const name of names) records.push([`SCHILY.xattr.${name}`, entry.xattrs.get(name) ?? ''])
  return records.map(([key, value]) => formatPaxRecord(key, value)).join('')
}

/** Decimal seconds; before 1970 the fraction counts away from zero as the sign does. */
function formatTime({ mtimeSeconds, mtimeNanoseconds }: TarEntry): string {
  const isNegative = mtimeSeconds < 0 && mtimeNanoseconds > 0
  const seconds = isNegative ? mtimeSeconds + 1 : mtimeSeconds
  const nanoseconds = isNegative ? 1_000_000_000 - mtimeNanoseconds : mtimeNanoseconds
  const sign = isNegative && seconds === 0 ? '-' : ''
  const fraction = String(nanoseconds).padStart(9, '0').replace(/0+$/, '')
  return fraction === '' ? String(seconds) : `${sign}${seconds}.${fraction}`
}

/** Name and prefix fields that hold `name`, or undefined when it takes a PAX record. */
function splitName(name: string): { name: string; prefix: string } | undefined {
  if (!isPlain(name)) return undefined
  if (name.length <= nameBytesMax) return { name, prefix: '' }
  const slash = name.indexOf('/', name.length - nameBytesMax - 1)
  if (slash <= 0 || slash > prefixBytesMax || slash === name.length - 1) return undefined
  return { prefix: name.slice(0, slash), name: name.slice(slash + 1) }
}

function ustarHeader(entry: TarEntry, typeFlag: string): Buffer {
  const block = Buffer.alloc(tarBlockBytes)
  const split = splitName(entry.name) ?? { name: entry.name, prefix: '' }
  block.write(split.name, 0, nameBytesMax, 'latin1')
  writeOctal(block.subarray(100, 108), entry.mode)
  writeOctal(block.subarray(108, 116), fits(entry.uid, 8) ? entry.uid : 0)
  writeOctal(block.subarray(116, 124), fits(entry.gid, 8) ? entry.gid : 0)
  writeOctal(block.subarray(124, 136), fits(entry.sizeBytes, 12) ? entry.sizeBytes : 0)
  writeOctal(block.subarray(136, 148), fits(entry.mtimeSeconds, 12) ? entry.mtimeSeconds : 0)
  block.write(typeFlag, 156, 'latin1')
  block.write(entry.linkName, 157, nameBytesMax, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  writeOctal(block.subarray(329, 337), deviceNumber(entry.major))
  writeOctal(block.subarray(337, 345), deviceNumber(entry.minor))
  block.write(split.prefix, 345, prefixBytesMax, 'latin1')
  writeChecksum(block)
  return block
}

function deviceNumber(value: number): number {
  if (!fits(value, 8))
    throw new CodedError(
      'invalid-argument',
      `Cannot write tar: device number ${quoted(String(value))} does not fit`,
    )
  return value
}

const writeOctal = (field: Buffer, value: number): unknown =>
  field.write(value.toString(8).padStart(field.length - 1, '0'), 0, field.length - 1, 'latin1')

function writeChecksum(block: Buffer): void {
  block.fill(0x20, 148, 156)
  // A loop, as it runs for each member: `reduce` takes ten times as long.
  let sum = 0
  for (let index = 0; index < tarBlockBytes; index++) sum += block[index] ?? 0
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
}
