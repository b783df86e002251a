import type { AuthRequest, AuthResponse } from '@berth/api'
import { credentialsOf, registryOfAddress } from '@berth/registry-client'
import type { Io } from '../command/io.ts'
import { openRegistry } from './open-registry.ts'

/** Asks a registry whether credentials are good, as an engine would. */
export async function loginFromHere(auth: AuthRequest, io: Io): Promise<AuthResponse> {
  await using registry = await openRegistry(io)
  const credentials = credentialsOf(auth) ?? {}
  const { identityToken = '' } = await registry.login(
    registryOfAddress(auth.serveraddress ?? ''),
    credentials,
  )
  return { Status: 'Login Succeeded', IdentityToken: identityToken }
}
