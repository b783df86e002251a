import { bind } from '../bind.ts'
import { login } from './login.ts'
import type { RegistryContext } from './registry-context.ts'

/** What the engine asks of registries besides images. */
export function registryService(context: RegistryContext) {
  return {
    login: bind(context, login),
  }
}

export type RegistryService = ReturnType<typeof registryService>
