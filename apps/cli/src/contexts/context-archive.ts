import { packTar, readTar, type TarMember } from '@berth/layer'
import { CodedError, readBounded } from '@berth/stdx'
import { Readable } from 'node:stream'
import { parseMetadata } from './context-store.ts'
import type { ContextMetadata, StoredContext } from './stored-context.ts'

const sizeBytesMax = 10 * 1024 * 1024

/** A context with its certificates and keys as the archive that Docker's client reads and writes. */
export function packContext({ metadata, tls }: StoredContext): AsyncGenerator<Uint8Array> {
  return packTar([
    { name: 'meta.json', body: JSON.stringify(metadata) },
    folder('tls'),
    ...[...new Set([...tls.keys()].map(endpointOf))].map((endpoint) => folder(`tls/${endpoint}`)),
    ...[...tls].map(([file, body]) => ({ name: `tls/${file}`, mode: 0o600, body })),
  ])
}

function folder(name: string): TarMember {
  return { name, type: 'directory', mode: 0o700 }
}

function endpointOf(file: string): string {
  return file.split('/', 1)[0] ?? ''
}

/** Reads one back, under the name that it shall have. Throws `invalid-argument` for what is no context. */
export async function readContextArchive(
  archive: AsyncIterable<Uint8Array>,
  name: string,
): Promise<StoredContext> {
  let metadata: ContextMetadata | undefined
  const tls = new Map<string, Uint8Array>()
  const bytes = await readBounded(archive, sizeBytesMax, 'a context')
  for await (const { entry, body } of readTar(Readable.from([bytes]))) {
    if (entry.type === 'directory') continue
    if (entry.type !== 'file')
      throw new CodedError('invalid-argument', `${entry.name}: unexpected context file`)
    const content = await readBounded(body, sizeBytesMax, entry.name)
    if (entry.name === 'meta.json') metadata = parseMetadata(Buffer.from(content).toString())
    else tls.set(tlsFile(entry.name), content)
  }
  if (!metadata) throw new CodedError('invalid-argument', 'invalid context: no metadata found')
  return { metadata: { ...metadata, Name: name }, tls }
}

/** `endpoint/file` of `tls/endpoint/file`; what leads elsewhere is refused. */
function tlsFile(name: string): string {
  const [root, ...parts] = name.split('/')
  if (root !== 'tls') throw new CodedError('invalid-argument', `${name}: unexpected context file`)
  const isPlain = parts.length === 2 && parts.every((part) => !['', '.', '..'].includes(part))
  if (!isPlain) throw new CodedError('invalid-argument', `${name}: unexpected path format`)
  return parts.join('/')
}
