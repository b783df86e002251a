import type { AuthRequest } from '@berth/api'
import { messageOf } from '@berth/stdx'
import type { Io } from '../../command/io.ts'
import { openCredentialStore } from './open-credential-store.ts'
import { registryKey } from './registry-key.ts'

/** The credentials of `registry` as config.json has them; `{}` when there are none or the store does not work. */
export async function registryCredentials(
  io: Pick<Io, 'config' | 'env' | 'stderr'>,
  registry: string,
): Promise<AuthRequest> {
  const key = registryKey(registry)
  try {
    const auth = await openCredentialStore(io, key).get(key)
    return auth ? { ...auth, serveraddress: key } : {}
  } catch (error) {
    // Most images need no credentials.
    io.stderr.write(`WARNING: could not get the credentials of ${registry}: ${messageOf(error)}\n`)
    return {}
  }
}
