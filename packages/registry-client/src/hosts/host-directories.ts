import { dirname, join } from 'node:path'
import { certificatesIn, type Certificates } from './certificates.ts'
import { parseHostsFile, type HostsFile } from './hosts-file.ts'
import { readIfThere, unreadable } from './read-settings.ts'

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
    return {
      ca: found.flatMap(({ ca }) => ca),
      clients: found.flatMap(({ clients }) => clients),
      unusable: found.flatMap(({ unusable }) => unusable),
    }
  }
}
