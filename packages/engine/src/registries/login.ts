import type { AuthResponse } from '@berth/api'
import { registryOfAddress, type Credentials } from '@berth/registry-client'
import type { RegistryContext } from './registry-context.ts'

/** Checks credentials with the registry that a server address of Docker's clients means. Nothing is kept of them. */
export async function login(
  { registry }: RegistryContext,
  serverAddress: string,
  { credentials, signal }: { credentials: Credentials; signal: AbortSignal },
): Promise<AuthResponse> {
  const { identityToken = '' } = await registry.login(registryOfAddress(serverAddress), credentials, {
    signal,
  })
  return { Status: 'Login Succeeded', IdentityToken: identityToken }
}
