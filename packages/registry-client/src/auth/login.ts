import type { Reference } from '@berth/oci'
import { CodedError, isCoded } from '@berth/stdx'
import type { Authorizer } from './authorizer.ts'
import { chooseChallenge } from './challenge.ts'
import { basicHeader, type Credentials } from './credentials.ts'
import { discard } from '../transport/discard.ts'
import type { EndpointResponse, EndpointTransport } from '../transport/endpoint-transport.ts'
import type { Endpoint } from '../transport/endpoint.ts'

export interface LoginRequest {
  credentials: Credentials
  userAgent: string
  signal: AbortSignal | undefined
}

export interface LoginResult {
  /** To be kept in place of the password, where the registry gives one. */
  identityToken: string | undefined
}

/** The longest that a person waits for one answer. */
const responseMs = 15_000

/** Asks a registry whether credentials are good, with what it wants to see: a token, or name and password. */
export async function loginAt(
  endpoint: Endpoint,
  parts: { transport: EndpointTransport; authorizer: Authorizer },
  request: LoginRequest,
): Promise<LoginResult> {
  const knock = (authorization?: string) => ask(endpoint, parts.transport, { ...request, authorization })
  const first = await knock()
  if (first.response.statusCode === 200) return { identityToken: undefined }
  const challenge =
    first.response.statusCode === 401 && chooseChallenge(first.response.headers['www-authenticate'])
  if (!challenge) throw failed(first)
  if (challenge.scheme === 'basic') {
    const second = await knock(basicHeader(request.credentials))
    if (second.response.statusCode !== 200) throw failed(second)
    return { identityToken: undefined }
  }
  const token = await inContext(first.url, () =>
    parts.authorizer.login({ endpoint, challenge, registry: first.url, credentials: request.credentials }),
  )
  const second = await knock(`Bearer ${token.value}`)
  if (second.response.statusCode !== 200) throw failed(second)
  return { identityToken: token.refreshToken }
}

async function ask(
  endpoint: Endpoint,
  transport: EndpointTransport,
  {
    userAgent,
    signal,
    authorization,
  }: Omit<LoginRequest, 'credentials'> & { authorization: string | undefined },
): Promise<EndpointResponse> {
  const headers = {
    'User-Agent': userAgent,
    ...endpoint.headers,
    ...(authorization === undefined ? {} : { Authorization: authorization }),
  }
  const answer = await transport.send(endpoint, {
    method: 'GET',
    url: endpoint.root,
    headers,
    responseMs,
    signal,
  })
  discard(answer.response)
  return answer
}

function failed({ response, url }: EndpointResponse): CodedError {
  const status = `${response.statusCode} ${response.statusMessage ?? ''}`.trim()
  return new CodedError(
    response.statusCode === 401 ? 'unauthorized' : 'internal',
    `login attempt to ${url.href} failed with status: ${status}`,
  )
}

/** What the token service says, in the place where Docker's clients expect it. */
async function inContext<T>(url: URL, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (!isCoded(error)) throw error
    throw new CodedError(error.code, `Get ${JSON.stringify(url.href)}: ${error.message}`, { cause: error })
  }
}

const hubNames: ReadonlySet<string> = new Set(['', 'docker.io', 'index.docker.io', 'registry-1.docker.io'])

/** The registry, as references name it, that a server address of Docker's clients means (`https://index.docker.io/v1/`, `host:5000`); throws `invalid-argument`. */
export function registryOfAddress(address: string): Reference['registry'] {
  const host = address.replace(/^https?:\/\//i, '').replace(/\/.*$/s, '')
  if (hubNames.has(host)) return 'docker.io'
  if (
    !/^(?:[a-z0-9][a-z0-9._-]*|\[[0-9a-f:]+\])(?::\d{1,5})?$/i.test(host) ||
    !URL.canParse(`https://${host}`)
  )
    throw new CodedError('invalid-argument', `${JSON.stringify(address)} is not a registry`)
  return host
}
