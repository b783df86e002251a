import type { HeaderBlock } from './header-block.ts'
import { malformed, quoted } from './malformed.ts'
import { parseDecimal, parseTime, type TarTime } from './numbers.ts'
import { noRecords, type PaxRecords } from './pax.ts'
import type { TarEntry, TarEntryType } from './tar-entry.ts'

/** What precedes a header and changes it: PAX records (`x`) and GNU's long names (`L`, `K`). */
export interface Extensions {
  pax?: PaxRecords
  longName?: string
  longLink?: string
}

const types: Readonly<Record<string, TarEntryType>> = {
  '0': 'file',
  '\0': 'file',
  '1': 'link',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file',
  S: 'file',
}

const noXattrs: ReadonlyMap<string, string> = new Map()

/** The member that a header and its extensions describe. Its size is the stored one: holes are resolved by the reader. */
export function resolveEntry(
  header: HeaderBlock,
  { pax = noRecords, longName, longLink }: Extensions,
): TarEntry {
  const name = longName || pax.get('path') || header.name
  const linkName = longLink || pax.get('linkpath') || header.linkName
  const type = entryType(header.typeFlag, name)
  const isLink = type === 'link' || type === 'symlink'
  // Not kept, but a bad one makes the archive bad.
  paxTime(pax, 'atime')
  paxTime(pax, 'ctime')
  return {
    type,
    name,
    linkName: isLink ? linkName : '',
    mode: header.mode & 0o7777,
    uid: paxNumber(pax, 'uid') ?? header.uid,
    gid: paxNumber(pax, 'gid') ?? header.gid,
    sizeBytes: storedSize(type, paxNumber(pax, 'size') ?? header.size),
    ...(paxTime(pax, 'mtime') ?? { mtimeSeconds: header.mtimeSeconds, mtimeNanoseconds: 0 }),
    ...deviceNumbers(type, header),
    xattrs: paxXattrs(pax),
  }
}

function deviceNumbers(type: TarEntryType, { major, minor }: HeaderBlock): Pick<TarEntry, 'major' | 'minor'> {
  const isDevice = type === 'character-device' || type === 'block-device'
  return isDevice ? { major, minor } : { major: 0, minor: 0 }
}

function entryType(typeFlag: string, name: string): TarEntryType {
  const type = types[typeFlag]
  if (type === undefined) throw malformed(`${quoted(name)} has the unknown type ${quoted(typeFlag)}`)
  return typeFlag === '\0' && name.endsWith('/') ? 'directory' : type
}

/** Only files have a body: a size that stands with another type is not stepped over. */
function storedSize(type: TarEntryType, size: number): number {
  if (type !== 'file') return 0
  if (size < 0) throw malformed('a size is negative')
  return size
}

function paxNumber(pax: PaxRecords, key: string): number | undefined {
  const text = pax.get(key)
  return text ? parseDecimal(text) : undefined
}

function paxTime(pax: PaxRecords, key: string): TarTime | undefined {
  const text = pax.get(key)
  return text ? parseTime(text) : undefined
}

const schilyPrefix = 'SCHILY.xattr.'
/** bsdtar writes attributes twice; this form has its name percent-encoded and its value in base64. */
const libarchivePrefix = 'LIBARCHIVE.xattr.'

function paxXattrs(pax: PaxRecords): ReadonlyMap<string, string> {
  if (pax.size === 0) return noXattrs
  const xattrs = new Map<string, string>()
  for (const [key, value] of pax) {
    if (!key.startsWith(libarchivePrefix)) continue
    xattrs.set(
      percentDecode(key.slice(libarchivePrefix.length)),
      Buffer.from(value, 'base64').toString('latin1'),
    )
  }
  for (const [key, value] of pax) {
    if (key.startsWith(schilyPrefix)) xattrs.set(key.slice(schilyPrefix.length), value)
  }
  return xattrs.size === 0 ? noXattrs : xattrs
}

const percentDecode = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
