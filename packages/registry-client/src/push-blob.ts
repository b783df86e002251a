import { BlobUpload } from './blob-upload.ts'
import type { PushBlobRequest } from './push-blob-request.ts'
import { discard } from './transport/discard.ts'
import { EndpointFailure } from './transport/endpoint-failure.ts'
import type { EndpointResponse } from './transport/endpoint-transport.ts'
import { refusal } from './refusal.ts'
import type { RegistryRequest, RegistrySession } from './registry-session.ts'
import type { Rotation } from './hosts/rotation.ts'
import { pullScope, pushScopes } from './auth/scopes.ts'

/** How a repository came to have a blob. */
export type PushedBlob = { how: 'existed' } | { how: 'mounted'; from: string } | { how: 'uploaded' }

/** Each repository that is tried costs a request, and opens an upload when it fails. */
const originsMax = 3

/** Brings a blob into a repository with as little sent as can be: a look, a mount, then an upload that survives cut lines. */
export async function pushBlobTo(
  session: RegistrySession,
  rotation: Rotation,
  request: PushBlobRequest,
): Promise<PushedBlob> {
  const upload = new BlobUpload(session, request)
  for (;;) {
    const before = upload.keptBytes
    try {
      return await attempt(session, rotation, { request, upload })
    } catch (error) {
      await rotation.failed(error, { progressed: upload.keptBytes - before >= progressBytesMin })
    }
  }
}

/** A registry that has kept this much more has made progress, and the attempts are counted anew. */
const progressBytesMin = 1024 * 1024

async function attempt(
  session: RegistrySession,
  { endpoint }: Rotation,
  { request, upload }: { request: PushBlobRequest; upload: BlobUpload },
): Promise<PushedBlob> {
  if (!(await upload.findAgain(endpoint))) {
    const { response } = await session.send(endpoint, { ...look(request), method: 'HEAD' })
    discard(response, { hasBody: false })
    if (response.statusCode === 200) return { how: 'existed' }
    if (response.statusCode !== 404) throw await refusal(response, { pushTo: request.reference })
    const from = await begin(session, { endpoint, request, upload })
    if (from !== undefined) return { how: 'mounted', from }
  }
  await upload.finish(endpoint)
  return { how: 'uploaded' }
}

const look = ({ reference, descriptor, signal, credentials }: PushBlobRequest): RegistryRequest => ({
  path: `${reference.repository}/blobs/${descriptor.digest}`,
  scopes: pushScopes(reference),
  headers: {},
  signal,
  credentials,
})

interface Beginning {
  endpoint: Rotation['endpoint']
  request: PushBlobRequest
  upload: BlobUpload
}

/** Returns the repository that the blob was mounted from, or undefined with an upload begun. */
async function begin(session: RegistrySession, beginning: Beginning): Promise<string | undefined> {
  const { endpoint, request, upload } = beginning
  for (const from of request.origins.slice(0, originsMax)) {
    const answer = await tryMount(session, beginning, from)
    if (answer?.response.statusCode === 201) return from
    if (answer?.response.statusCode === 202) {
      upload.opened(answer)
      return undefined
    }
  }
  const answer = await session.send(endpoint, {
    ...look(request),
    method: 'POST',
    path: `${request.reference.repository}/blobs/uploads/`,
  })
  if (answer.response.statusCode !== 202) throw await refusal(answer.response, { pushTo: request.reference })
  discard(answer.response)
  upload.opened(answer)
  return undefined
}

/** Without the right to read there it is no mount, and no reason to fail. */
async function tryMount(
  session: RegistrySession,
  { endpoint, request }: Beginning,
  from: string,
): Promise<EndpointResponse | undefined> {
  const { reference, descriptor } = request
  const query = new URLSearchParams({ mount: descriptor.digest, from })
  try {
    const answer = await session.send(endpoint, {
      ...look(request),
      method: 'POST',
      path: `${reference.repository}/blobs/uploads/?${query}`,
      scopes: [...pushScopes(reference), pullScope({ repository: from })],
    })
    discard(answer.response)
    return answer
  } catch (error) {
    if (error instanceof EndpointFailure && error.kind === 'refused') return undefined
    throw error
  }
}
