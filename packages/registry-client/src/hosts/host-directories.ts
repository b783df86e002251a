import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CodedError, messageOf, systemCode } from '@berth/stdx'
import type { TlsSettings } from '../transport/tls-settings.ts'
import { parseHostsFile, type HostEntry, type HostsFile } from './hosts-file.ts'

type Certificates = Pick<TlsSettings, 'ca' | 'clients'>

/** Where the hosts.toml of a registry may be, in the order in which they are looked for; the first one counts. */
export function hostsFilePaths(registry: string, roots: readonly string[]): string[] {
  const names = [...new Set([registry.replace(/:(\d+)$/, '_$1_'), registry])]
  return names.flatMap((name) => roots.map((root) => join(root, name, hostsFileName)))
}

const hostsFileName = 'hosts.toml'

/** A hosts.toml with the folder it is in. */
export interface FoundHostsFile extends HostsFile {
  directory: string
}

/** Where a machine has them; Docker's own folder counts too: certificates are often there already. */
export const usualCertsDirectories: readonly string[] = ['/etc/berth/certs.d', '/etc/docker/certs.d']

/**
 * Folders such as /etc/docker/certs.d: one folder for a host, with certificates (`*.crt` to trust, `*.cert` with `*.key` to
 * show) and perhaps a hosts.toml. They are read each time they are needed, so a change needs no restart.
 */
export class HostDirectories {
  readonly #roots: readonly string[]
  readonly #underWay = new Map<string, Promise<FoundHostsFile | undefined>>()

  constructor(roots: readonly string[]) {
    this.#roots = roots
  }

  /** The first hosts.toml for a registry, else the first for `_default`. Who asks at the same moment gets the same. */
  findHostsFile(registry: string, registryUrl: string): Promise<FoundHostsFile | undefined> {
    const underWay = this.#underWay.get(registryUrl)
    if (underWay) return underWay
    const reading = this.#readHostsFile(registry, registryUrl)
    this.#underWay.set(registryUrl, reading)
    const forget = () => void this.#underWay.delete(registryUrl)
    reading.then(forget, forget)
    return reading
  }

  /** All are looked for at once: one after the other they take as many turns of the thread pool. */
  async #readHostsFile(registry: string, registryUrl: string): Promise<FoundHostsFile | undefined> {
    const paths = [registry, '_default'].flatMap((name) => hostsFilePaths(name, this.#roots))
    const readings = paths.map(async (path) => ({ path, text: await readIfThere(path) }))
    // The first that is there counts, whatever is wrong with those behind it.
    for (const reading of readings) reading.catch(() => {})
    for (const reading of readings) {
      const { path, text } = await reading
      if (text === undefined) continue
      try {
        return { ...parseHostsFile(text, registryUrl), directory: dirname(path) }
      } catch (error) {
        throw unreadable(path, error)
      }
    }
    return undefined
  }

  /** What lies there for `host` or `host:port`. */
  async certificates(host: string): Promise<Certificates> {
    const found = await Promise.all(this.#roots.map((root) => certificatesIn(join(root, host))))
    return { ca: found.flatMap(({ ca }) => ca), clients: found.flatMap(({ clients }) => clients) }
  }
}

/** The certificates that an entry of a hosts.toml names. */
export async function certificatesOf(entry: HostEntry, directory: string): Promise<Certificates> {
  const read = (file: string) => readNamed(resolve(directory, file))
  return {
    ca: await Promise.all(entry.caFiles.map(read)),
    clients: await Promise.all(
      entry.clientFiles.map(async ({ certFile, keyFile }) => ({
        cert: await read(certFile),
        key: await read(keyFile),
      })),
    ),
  }
}

async function certificatesIn(directory: string): Promise<Certificates> {
  const names = (await listIfThere(directory)).toSorted()
  const having = (extension: string) => names.filter((name) => name.endsWith(extension))
  const read = (name: string) => readNamed(join(directory, name))
  const pairs = having('.cert').map((cert) => ({ cert, key: cert.replace(/\.cert$/, '.key') }))
  for (const { cert, key } of pairs) {
    if (!names.includes(key)) {
      throw missing(
        `missing key ${key} for client certificate ${cert}. CA certificates must use the extension .crt`,
      )
    }
  }
  for (const key of having('.key')) {
    if (!pairs.some((pair) => pair.key === key))
      throw missing(`missing client certificate ${key.replace(/\.key$/, '.cert')} for key ${key}`)
  }
  return {
    ca: await Promise.all(having('.crt').map(read)),
    clients: await Promise.all(
      pairs.map(async ({ cert, key }) => ({ cert: await read(cert), key: await read(key) })),
    ),
  }
}

async function listIfThere(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (isAbsent(error)) return []
    throw unreadable(directory, error)
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw unreadable(path, error)
  }
}

async function readNamed(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw unreadable(path, error)
  }
}

const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')

function unreadable(path: string, error: unknown): CodedError {
  return new CodedError('failed-precondition', `Cannot read ${path}: ${messageOf(error)}`, { cause: error })
}

function missing(state: string): CodedError {
  return new CodedError('failed-precondition', state)
}
