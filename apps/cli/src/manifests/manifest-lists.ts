import { formatReference, type Reference } from '@berth/oci'
import { CodedError, systemCode, writeFileAtomic } from '@berth/stdx'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { formatListedManifest, parseListedManifest, type ListedManifest } from './listed-manifest.ts'

/** Manifest lists that are put together here and not pushed yet: a folder each beside config.json, which Docker's client shares. */
export class ManifestLists {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async has(list: Reference): Promise<boolean> {
    return (await readFolder(this.#pathOf(list))) !== undefined
  }

  /** By the names of the files, as Docker's client sorts them. */
  async findAll(list: Reference): Promise<ListedManifest[] | undefined> {
    const folder = this.#pathOf(list)
    const names = await readFolder(folder)
    if (!names) return undefined
    const found = await Promise.all(names.sort().map((name) => readManifest(join(folder, name))))
    return found.filter((manifest) => manifest !== undefined)
  }

  async getAll(list: Reference): Promise<ListedManifest[]> {
    return (await this.findAll(list)) ?? noSuch(list)
  }

  async find(list: Reference, manifest: Reference): Promise<ListedManifest | undefined> {
    return readManifest(this.#pathOf(list, manifest))
  }

  async get(list: Reference, manifest: Reference): Promise<ListedManifest> {
    return (await this.find(list, manifest)) ?? noSuch(manifest)
  }

  async save(list: Reference, manifest: Reference, listed: ListedManifest): Promise<void> {
    await mkdir(this.#pathOf(list), { recursive: true, mode: 0o755 })
    await writeFileAtomic(this.#pathOf(list, manifest), formatListedManifest(listed))
  }

  /** Also one of which something is damaged; throws `not-found` when there is none. */
  async remove(list: Reference): Promise<void> {
    if (!(await this.has(list))) noSuch(list)
    await rm(this.#pathOf(list), { recursive: true, force: true })
  }

  #pathOf(...references: readonly Reference[]): string {
    return join(this.#folder, ...references.map(fileName))
  }
}

/** The lists beside a config.json. */
export const manifestLists = ({ folder }: { folder: string }): ManifestLists =>
  new ManifestLists(join(folder, 'manifests'))

/** A reference holds no other character that a path would mind. */
const fileName = (reference: Reference): string =>
  formatReference(reference).replaceAll(':', '-').replaceAll('/', '_')

function noSuch(reference: Reference): never {
  throw new CodedError('not-found', `No such manifest: ${formatReference(reference)}`)
}

async function readFolder(path: string): Promise<string[] | undefined> {
  try {
    return await readdir(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

async function readManifest(path: string): Promise<ListedManifest | undefined> {
  try {
    return parseListedManifest(await readFile(path, 'utf8'), path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}
