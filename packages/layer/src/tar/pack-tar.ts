import { CodedError } from '@berth/stdx'
import { formatHeader } from './format-header.ts'
import { quoted } from './malformed.ts'
import { tarBlockBytes, tarPadding, type TarEntry } from './tar-entry.ts'

/**
 * A member to write. Text is byte strings. What is left out is: a file of root's with mode 0644 (a directory 0755),
 * changed at the epoch.
 */
export interface TarMember extends Partial<Omit<TarEntry, 'fragments'>> {
  name: string
  /** Content of a file; a stream needs `sizeBytes` and must give just as many. */
  body?: string | Uint8Array | AsyncIterable<Uint8Array>
}

/** A file whose content lies elsewhere: where, in the caller's terms, and how long it is. */
export interface StoredMember<T> extends Omit<TarMember, 'body'> {
  sizeBytes: number
  stored: T
}

/** A member whose content is at hand. */
export interface WholeMember extends TarMember {
  body?: string | Uint8Array
}

/**
 * Packs members into an archive, in order: ustar, with PAX headers only where they are needed. The same members give the
 * same bytes. Throws `invalid-argument` for what cannot be written and for a body of another size than said.
 */
export async function* packTar(
  members: Iterable<TarMember> | AsyncIterable<TarMember>,
): AsyncGenerator<Uint8Array> {
  for await (const member of members) yield* packMember(member)
  yield endMarker()
}

/** As `packTar`, but for the bytes that lie elsewhere: in their place comes what says where. */
export function* tarParts<T>(members: Iterable<WholeMember | StoredMember<T>>): Generator<Uint8Array | T> {
  for (const member of members)
    yield* 'stored' in member ? memberParts(member, member.stored) : memberParts(member, bytesOf(member.body))
  yield endMarker()
}

const endMarker = (): Uint8Array => Buffer.alloc(2 * tarBlockBytes)

const bytesOf = (body: string | Uint8Array = ''): Uint8Array =>
  typeof body === 'string' ? Buffer.from(body) : body

async function* packMember({ body, ...member }: TarMember): AsyncGenerator<Uint8Array> {
  const content = typeof body === 'string' || body === undefined ? bytesOf(body) : body
  for (const part of memberParts(member, content))
    yield* part instanceof Uint8Array ? [part] : measured(part, member)
}

/** Header, content as it is given, padding. */
function* memberParts<T>(
  member: Omit<TarMember, 'body'>,
  content: Uint8Array | T,
): Generator<Uint8Array | T> {
  const entry = completeEntry(member, content instanceof Uint8Array ? content.length : undefined)
  yield formatHeader(entry)
  if (entry.type !== 'file') return
  yield content
  const padding = tarPadding(entry.sizeBytes)
  if (padding > 0) yield Buffer.alloc(padding)
}

const noXattrs: ReadonlyMap<string, string> = new Map()

function completeEntry(member: Omit<TarMember, 'body'>, contentBytes: number | undefined): TarEntry {
  const type = member.type ?? 'file'
  if (
    type === 'file' &&
    contentBytes !== undefined &&
    member.sizeBytes !== undefined &&
    member.sizeBytes !== contentBytes
  ) {
    throw wrongSize(member.name)
  }
  return {
    linkName: '',
    mode: type === 'directory' ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    mtimeSeconds: 0,
    mtimeNanoseconds: 0,
    major: 0,
    minor: 0,
    xattrs: noXattrs,
    ...member,
    type,
    sizeBytes: type === 'file' ? (contentBytes ?? member.sizeBytes ?? 0) : 0,
  }
}

async function* measured(
  body: AsyncIterable<Uint8Array>,
  { name, sizeBytes = 0 }: Pick<TarMember, 'name' | 'sizeBytes'>,
): AsyncGenerator<Uint8Array> {
  let written = 0
  for await (const piece of body) {
    written += piece.length
    if (written > sizeBytes) break
    yield piece
  }
  if (written !== sizeBytes) throw wrongSize(name)
}

const wrongSize = (name: string): CodedError =>
  new CodedError('invalid-argument', `Cannot write tar: the body of ${quoted(name)} is not as long as said`)
