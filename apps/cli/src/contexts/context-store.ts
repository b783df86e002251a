import { CodedError, isCoded, messageOf, systemCode, writeFileAtomic } from '@berth/stdx'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ContextMetadata, StoredContext } from './stored-context.ts'

/** Contexts as Docker's tools keep them beside config.json, two folders each that are named by the hash of its name. */
export class ContextStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** In no order; folders without a context in them are none. */
  async list(): Promise<ContextMetadata[]> {
    const ids = await namesIn(join(this.#folder, 'meta'))
    const found = await Promise.all(ids.map((id) => findMetadata(join(this.#folder, 'meta', id, metaFile))))
    return found.filter((metadata) => metadata !== undefined)
  }

  async has(name: string): Promise<boolean> {
    return (await findMetadata(this.#metadataPath(name))) !== undefined
  }

  /** Throws `not-found` in Docker's words. */
  async get(name: string): Promise<StoredContext> {
    const path = this.#metadataPath(name)
    const metadata = await findMetadata(path)
    if (!metadata) throw noSuchContext(name, path)
    return { metadata, tls: await this.#readTls(name) }
  }

  /** Replaces what there was, certificates first: a context that is read never lacks them. */
  async put({ metadata, tls }: StoredContext): Promise<void> {
    const { tlsPath } = this.pathsOf(metadata.Name)
    await rm(tlsPath, { recursive: true, force: true })
    for (const [file, content] of tls) {
      const path = join(tlsPath, file)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await writeFileAtomic(path, content, { mode: 0o600 })
    }
    const path = this.#metadataPath(metadata.Name)
    await mkdir(dirname(path), { recursive: true })
    await writeFileAtomic(path, JSON.stringify(metadata), { mode: 0o644 })
  }

  /** One that is not there is removed already. */
  async delete(name: string): Promise<void> {
    const { metadataPath, tlsPath } = this.pathsOf(name)
    for (const path of [metadataPath, tlsPath]) await rm(path, { recursive: true, force: true })
  }

  /** The folders of one, whether it is there or not. */
  pathsOf(name: string): { metadataPath: string; tlsPath: string } {
    const id = createHash('sha256').update(name).digest('hex')
    return { metadataPath: join(this.#folder, 'meta', id), tlsPath: join(this.#folder, 'tls', id) }
  }

  #metadataPath(name: string): string {
    return join(this.pathsOf(name).metadataPath, metaFile)
  }

  async #readTls(name: string): Promise<Map<string, Uint8Array>> {
    const { tlsPath } = this.pathsOf(name)
    const files = new Map<string, Uint8Array>()
    for (const endpoint of await namesIn(tlsPath)) {
      for (const file of await namesIn(join(tlsPath, endpoint)))
        files.set(`${endpoint}/${file}`, await readFile(join(tlsPath, endpoint, file)))
    }
    return files
  }
}

const metaFile = 'meta.json'

/** The contexts beside a config.json. */
export const contextStore = ({ folder }: { folder: string }): ContextStore =>
  new ContextStore(join(folder, 'contexts'))

function noSuchContext(name: string, path: string): CodedError {
  return new CodedError(
    'not-found',
    `context "${name}": context not found: open ${path}: no such file or directory`,
    { hint: "'berth context ls' lists the contexts there are; DOCKER_CONTEXT and --context choose one." },
  )
}

async function findMetadata(path: string): Promise<ContextMetadata | undefined> {
  try {
    return parseMetadata(await readFile(path, 'utf8'))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw isCoded(error) ? error : damaged(path, error)
  }
}

function damaged(path: string, error: unknown): CodedError {
  return new CodedError('invalid-argument', `Cannot read ${path}: ${messageOf(error)}`, {
    cause: error,
    hint: 'Mend the file, or remove the folder that it is in.',
  })
}

/** Throws `invalid-argument` for what is no context. */
export function parseMetadata(text: string): ContextMetadata {
  const { Name, Metadata, Endpoints } = JSON.parse(text) as Partial<ContextMetadata>
  if (typeof Name !== 'string' || typeof (Endpoints ?? {}) !== 'object')
    throw new CodedError('invalid-argument', 'invalid context: no metadata found')
  return { Name, Metadata: Metadata ?? {}, Endpoints: Endpoints ?? {} }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}
