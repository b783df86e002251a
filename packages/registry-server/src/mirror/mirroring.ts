import type { GarbageStore } from '../metadata/garbage-store.ts'
import { Evictor } from './evictor.ts'
import { MirrorNamespaces, type MirrorNamespace } from './mirror-namespace.ts'
import { Mirror, type MirrorOptions } from './mirror.ts'

/** Which registries are mirrored, and what that may take. */
export interface MirrorsOptions {
  namespaces: readonly MirrorNamespace[]
  /** The namespace meant by requests that name none. Without it, those are for the registry's own repositories. */
  fallback?: string
  /** Blobs kept of mirrored repositories, in bytes (default: all). */
  limitBytes?: number
  /** Mirrored repositories whose blobs always stay: patterns with `*`, for example `docker.io/library/*`. */
  pins?: readonly string[]
}

export interface Mirroring extends AsyncDisposable {
  namespaces: MirrorNamespaces
  mirror: Mirror
}

type Needs = Omit<MirrorOptions, 'namespaces' | 'onStored'> & {
  stores: MirrorOptions['stores'] & { garbage: GarbageStore }
}

/** Joins addressing, mirror and eviction; disposing ends what is under way. */
export function openMirroring(options: MirrorsOptions, needs: Needs): Mirroring {
  const { storage, stores, now, logger } = needs
  const namespaces = new MirrorNamespaces(options.namespaces, options.fallback)
  const evictor = new Evictor({
    storage,
    store: stores.mirror,
    garbage: stores.garbage,
    namespaces: options.namespaces.map(({ name }) => name),
    limitBytes: options.limitBytes ?? Infinity,
    pins: options.pins ?? [],
    now,
    logger,
  })
  const mirror = new Mirror({ ...needs, namespaces, onStored: () => evictor.schedule() })
  return {
    namespaces,
    mirror,
    async [Symbol.asyncDispose]() {
      await mirror[Symbol.asyncDispose]()
      await evictor[Symbol.asyncDispose]()
    },
  }
}
