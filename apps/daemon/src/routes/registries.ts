import { decodeRegistryAuth, parseFilters, type AuthRequest } from '@berth/api'
import type { RegistryService } from '@berth/engine'
import { parseReference, withDefaultTag } from '@berth/oci'
import { credentialsOf } from '@berth/registry-client'
import { CodedError, isCoded } from '@berth/stdx'
import type { IncomingMessage } from 'node:http'
import { status, type Reply } from '../server/reply.ts'
import { route, type Route } from '../server/route.ts'

const searchFilters = ['is-automated', 'is-official', 'stars']

export const registryRoutes = (registries: RegistryService): Route[] => [
  route('POST', '/auth', async ({ json, signal }) => {
    const auth = await json<AuthRequest>()
    const credentials = credentialsOf(auth) ?? {}
    return await registries.login(auth.serveraddress ?? '', { credentials, signal }).catch(refusedLogin)
  }),
  route('GET', '/images/search', async ({ query, request, signal }) => {
    const filters = parseFilters(query.get('filters'), searchFilters)
    const limit = limitOf(query.get('limit'))
    const credentials = sentCredentials(request)
    return await registries.search(query.get('term') ?? '', { limit, filters, credentials, signal })
  }),
  route('GET', '/distribution/{name:.*}/json', async ({ params, request, signal }) => {
    const credentials = sentCredentials(request)
    const options = { signal, ...(credentials ? { credentials } : {}) }
    return await registries.inspectDistribution(withDefaultTag(parseReference(params.name)), options)
  }),
]

function refusedLogin(error: unknown): Reply {
  if (!isCoded(error, 'unauthorized')) throw error
  return status(401, { message: error.message, hint: error.hint })
}

const sentCredentials = ({ headers }: IncomingMessage) =>
  credentialsOf(decodeRegistryAuth(headers['x-registry-auth']?.toString()))

function limitOf(text: string | null): number | undefined {
  if (!text) return undefined
  if (/^-?\d+$/.test(text)) return Number(text)
  throw new CodedError('invalid-argument', `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
}
