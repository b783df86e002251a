import { once } from 'node:events'
import { request } from 'node:http'
import { packTar, readTar, type TarMember } from '@berth/layer'
import { parsePathStat, pathStatHeader, type PathStat } from '@berth/api'
import type { TestEngine } from '../../fixtures/engine.ts'

export interface ArchiveAnswer {
  status: number
  /** Of the path; undefined when it was refused. */
  stat: PathStat | undefined
  bytes: Buffer
  /** What was said when it was refused. */
  message: string
}

export interface ArchiveQuery {
  path?: string
  noOverwriteDirNonDir?: string
  copyUIDGID?: string
}

/** One request of `/containers/<name>/archive`, without a client between. */
export async function askArchive(
  engine: TestEngine,
  method: 'HEAD' | 'GET' | 'PUT',
  { container, query, body }: { container: string; query: ArchiveQuery; body?: Uint8Array },
): Promise<ArchiveAnswer> {
  const path = `/containers/${container}/archive?${new URLSearchParams({ ...query })}`
  const asked = request({ socketPath: engine.host.slice('unix://'.length), method, path })
  asked.end(body)
  const [response] = await once(asked, 'response')
  const bytes = Buffer.concat(await Array.fromAsync<Buffer>(response))
  const header = response.headers[pathStatHeader.toLowerCase()]
  const isRefused = response.statusCode !== 200
  return {
    status: response.statusCode,
    stat: header === undefined ? undefined : parsePathStat(header),
    bytes,
    message: isRefused && method !== 'HEAD' ? JSON.parse(bytes.toString()).message : '',
  }
}

export async function pack(members: readonly TarMember[]): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(packTar(members)))
}

/** Files of an archive by name; of what is no file, its type. */
export async function unpack(bytes: Uint8Array): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  async function* source() {
    yield bytes
  }
  for await (const { entry, body } of readTar(source())) {
    const content = Buffer.concat(await Array.fromAsync(body)).toString()
    files[entry.name] = entry.type === 'file' ? content : entry.type
  }
  return files
}
