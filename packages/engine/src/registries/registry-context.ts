import type { RegistryClient } from '@berth/registry-client'

/** What the verbs about registries work with. */
export interface RegistryContext {
  registry: RegistryClient
}
