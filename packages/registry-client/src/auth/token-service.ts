import { readBounded } from '@berth/stdx'
import { readBody } from '../transport/body.ts'
import { basicHeader, type Credentials } from './credentials.ts'
import { EndpointFailure } from '../transport/endpoint-failure.ts'
import { bytesBody } from '../transport/http-request.ts'
import type { EndpointRequest, EndpointTransport } from '../transport/endpoint-transport.ts'
import type { Endpoint } from '../transport/endpoint.ts'
import { refusal } from '../refusal.ts'

export interface TokenRequest {
  endpoint: Endpoint
  realm: URL
  service: string | undefined
  scopes: readonly string[]
  credentials: Credentials | undefined
  /** Asks for a refresh token, too. */
  isOffline?: boolean
}

export interface Token {
  value: string
  lifetimeMs: number
  refreshToken: string | undefined
}

const timeoutMs = 15_000
const clientId = 'berth'
const answerBytesMax = 256 * 1024
/** The token specification: an answer without a lifetime, or with a shorter one, lives this long. */
const lifetimeSecondsMin = 60

/** Asks a token service for a bearer token: GET with Basic or nothing, POST for a refresh token. */
export async function fetchToken(transport: EndpointTransport, request: TokenRequest): Promise<Token> {
  // Others may wait for the same token: no one caller's signal ends this.
  const { response } = await transport.send(request.endpoint, {
    ...httpRequest(request),
    responseMs: timeoutMs,
    signal: undefined,
  })
  if (response.statusCode !== 200) throw await refusal(response, `token service ${request.realm.host}`)
  const { host } = request.realm
  const bytes = await readBounded(readBody(response, host, timeoutMs), answerBytesMax, `the token of ${host}`)
  return readToken(bytes, request.realm)
}

function httpRequest(request: TokenRequest): Omit<EndpointRequest, 'signal'> {
  const { credentials, realm, service, scopes, isOffline } = request
  if (credentials?.identityToken) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: clientId,
      ...(isOffline && { access_type: 'offline' }),
      scope: scopes.join(' '),
      refresh_token: credentials.identityToken,
      ...(service !== undefined && { service }),
    })
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    return { method: 'POST', url: realm, headers, body: bytesBody(Buffer.from(form.toString())) }
  }
  const url = new URL(realm)
  if (service !== undefined) url.searchParams.set('service', service)
  for (const scope of scopes) url.searchParams.append('scope', scope)
  const authorization = credentials && basicHeader(credentials)
  if (authorization === undefined) return { method: 'GET', url, headers: {} }
  url.searchParams.set('account', credentials?.username ?? '')
  if (isOffline) {
    url.searchParams.set('offline_token', 'true')
    url.searchParams.set('client_id', clientId)
  }
  return { method: 'GET', url, headers: { Authorization: authorization } }
}

function readToken(bytes: Uint8Array, realm: URL): Token {
  const invalid = () =>
    new EndpointFailure(`Cannot get a token from ${realm.host}: its answer holds none`, {
      kind: 'refused',
      code: 'unauthorized',
      summary: 'no token',
    })
  let answer: Partial<Record<'token' | 'access_token' | 'refresh_token' | 'expires_in', unknown>> | null
  try {
    answer = JSON.parse(Buffer.from(bytes).toString('utf8')) as typeof answer
  } catch {
    throw invalid()
  }
  const value = answer?.token || answer?.access_token
  // What is not a header value cannot be sent, and would break the request it is put in.
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) throw invalid()
  const seconds = typeof answer?.expires_in === 'number' ? answer.expires_in : lifetimeSecondsMin
  const refreshToken = answer?.refresh_token
  return {
    value,
    lifetimeMs: Math.max(seconds, lifetimeSecondsMin) * 1000,
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : undefined,
  }
}
