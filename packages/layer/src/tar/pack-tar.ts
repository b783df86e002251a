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

/**
 * Packs members into an archive, in order: ustar, with PAX headers only where they are needed. The same members give the
 * same bytes. Throws `invalid-argument` for what cannot be written and for a body of another size than said.
 */
export async function* packTar(
  members: Iterable<TarMember> | AsyncIterable<TarMember>,
): AsyncGenerator<Uint8Array> {
  for await (const member of members) yield* packMember(member)
  yield Buffer.alloc(2 * tarBlockBytes)
}

async function* packMember({ body = '', ...member }: TarMember): AsyncGenerator<Uint8Array> {
  const content = typeof body === 'string' ? Buffer.from(body) : body
  const entry = completeEntry(member, content instanceof Uint8Array ? content.length : undefined)
  yield formatHeader(entry)
  if (entry.type !== 'file') return
  yield* content instanceof Uint8Array ? [content] : measured(content, entry)
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
  { name, sizeBytes }: TarEntry,
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
