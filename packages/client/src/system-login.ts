import type { AuthRequest, AuthResponse } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

/**
 * Lets the engine try credentials on their registry. Rejects with `unauthorized` when it refuses them; a token that
 * comes back is to be kept instead of the password.
 */
export async function login(
  client: EngineClient,
  auth: AuthRequest,
  { signal }: CallOptions = {},
): Promise<AuthResponse> {
  return readJson(await client.send({ method: 'POST', path: '/auth', body: auth, signal }))
}
