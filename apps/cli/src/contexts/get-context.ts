import type { Io } from '../command/io.ts'
import { contextStore } from './context-store.ts'
import { defaultContext, defaultContextName, type StoredContext } from './stored-context.ts'

/** A context that is stored, or the default one; throws `not-found`. */
export async function getContext(name: string, { config, host }: Io): Promise<StoredContext> {
  return name === defaultContextName ? defaultContext(host) : contextStore(config).get(name)
}
