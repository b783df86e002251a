import { bind } from '../bind.ts'
import { inspectDistribution } from './inspect-distribution.ts'
import { login } from './login.ts'
import type { RegistryContext } from './registry-context.ts'
import { searchImages } from './search.ts'

/** What the engine asks of registries besides images. */
export function registryService(context: RegistryContext) {
  return {
    inspectDistribution: bind(context, inspectDistribution),
    login: bind(context, login),
    search: bind(context, searchImages),
  }
}

export type RegistryService = ReturnType<typeof registryService>
