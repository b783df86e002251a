import type { AuthRequest } from '@berth/api'
import type { RegistryService } from '@berth/engine'
import { route, type Route } from '../server/route.ts'
import { registryCredentials } from './registry-credentials.ts'

export const registryRoutes = (registries: Pick<RegistryService, 'login'>): Route[] => [
  route('POST', '/auth', async ({ json, signal }) => {
    const auth = await json<AuthRequest>()
    const credentials = registryCredentials(auth) ?? {}
    return await registries.login(auth.serveraddress ?? '', { credentials, signal })
  }),
]
