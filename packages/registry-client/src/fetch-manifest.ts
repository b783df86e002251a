import type { IncomingMessage } from 'node:http'
import {
  acceptedManifestTypes,
  digestAlgorithm,
  digestOf,
  manifestBytesMax,
  parseManifest,
  type Descriptor,
  type Digest,
  type Reference,
} from '@berth/oci'
import { isCoded, readBounded, type CodedError } from '@berth/stdx'
import { readBody } from './transport/body.ts'
import { EndpointFailure } from './transport/endpoint-failure.ts'
import type { Endpoint } from './transport/endpoint.ts'
import { refusal } from './refusal.ts'
import type { RegistryRequest, RegistrySession } from './registry-session.ts'

export interface FetchedManifest {
  /** With the media type the document has and the digest of its bytes as they are. */
  descriptor: Descriptor
  bytes: Uint8Array
  /** The mirror or registry that delivered it. */
  source: string
}

export interface ManifestRequest extends Pick<RegistryRequest, 'scopes' | 'signal' | 'credentials'> {
  reference: Reference
  digest: Digest | undefined
  stallMs: number
}

/** One attempt at one endpoint. Trusts no header: the digest is that of the bytes. */
export async function fetchManifestFrom(
  session: RegistrySession,
  endpoint: Endpoint,
  request: ManifestRequest,
): Promise<FetchedManifest> {
  const { reference, digest = reference.digest } = request
  const { response } = await session.send(endpoint, {
    ...request,
    path: `${reference.repository}/manifests/${digest ?? reference.tag ?? 'latest'}`,
    headers: { Accept: acceptedManifestTypes.join(', ') },
  })
  if (response.statusCode !== 200) throw await refusal(response, reference)
  try {
    const bytes = await readBounded(
      readBody(response, endpoint.label, request.stallMs),
      manifestBytesMax,
      'manifest',
    )
    return { descriptor: describe(bytes, response, digest), bytes, source: endpoint.label }
  } catch (error) {
    throw isCoded(error, 'invalid-argument', 'data-loss', 'not-implemented') ? badDocument(error) : error
  }
}

function describe(bytes: Uint8Array, response: IncomingMessage, expected: Digest | undefined): Descriptor {
  const digest = digestOf(bytes, expected === undefined ? 'sha256' : digestAlgorithm(expected))
  if (expected !== undefined && digest !== expected) {
    throw new EndpointFailure(`Cannot verify manifest ${expected}: content has digest ${digest}`, {
      kind: 'refused',
      code: 'data-loss',
      summary: 'wrong digest',
    })
  }
  const { mediaType } = parseManifest(bytes, response.headers['content-type'])
  return { mediaType, digest, size: bytes.length }
}

/** Another endpoint may have a sound copy, but none makes a format known that is not. */
function badDocument(error: CodedError): EndpointFailure {
  if (error instanceof EndpointFailure) return error
  return new EndpointFailure(error.message, {
    kind: error.code === 'not-implemented' ? 'fatal' : 'refused',
    code: error.code,
    summary: 'unusable manifest',
    cause: error,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  })
}
