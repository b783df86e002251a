import type { BenchEngine } from './bench-engine.ts'
import { timeCommand } from './client.ts'
import type { CachedImage } from './image-cache.ts'
import type { BenchPodman } from './podman.ts'
import { inRegistry } from './start-engines.ts'

/** What pulls sample images from a registry of its own. */
export interface Puller {
  name: string
  isPeer: boolean
  /** All its processes name it. */
  directory: string
  /** Gives the milliseconds that it took. */
  pull: (image: CachedImage) => Promise<number>
  /** Also where it is not there. */
  remove: (image: CachedImage) => Promise<unknown>
}

export function enginePuller(engine: BenchEngine): Puller {
  const docker = (...args: string[]) => timeCommand('docker', engine, args)
  return {
    name: engine.kind,
    isPeer: false,
    directory: engine.directory,
    pull: (image) => docker('pull', '--quiet', inRegistry(engine, image)),
    remove: (image) => docker('rmi', '--force', inRegistry(engine, image)).catch(() => 0),
  }
}

export function podmanPuller(podman: BenchPodman): Puller {
  return {
    name: 'podman',
    isPeer: true,
    directory: podman.directory,
    pull: (image) => podman.time('pull', '--quiet', '--tls-verify=false', inRegistry(podman, image)),
    remove: (image) => podman.time('rmi', '--force', inRegistry(podman, image)).catch(() => 0),
  }
}
