import type { IncomingMessage } from 'node:http'
import { manifestBytesMax } from '@berth/oci'
import { parseManifestReference, parseTag } from '../content/names.ts'
import { RegistryError } from '../registry-error.ts'
import { clientAddress } from './client-address.ts'
import { sendEmpty, warningHeader, type Exchange } from './exchange.ts'
import { readBody } from './request-body.ts'

/** Tags in one push by digest: the specification asks for at least ten. */
const tagsMax = 100

/** end-3: GET and HEAD /v2/:name/manifests/:reference */
export async function getManifest(exchange: Exchange): Promise<void> {
  const { content, request, response, repository, params, grant, hooks } = exchange
  const reference = parseManifestReference(params['reference'] ?? '')
  const record = await content.getManifest(repository, reference)
  const headers = {
    'Content-Type': record.mediaType,
    'Docker-Content-Digest': record.digest,
    ETag: `"${record.digest}"`,
    ...(record.warning !== undefined && warningHeader(record.warning)),
  }
  if (request.headers['if-none-match'] === headers.ETag) return sendEmpty(response, 304, headers)
  const limits = await hooks.meterPull?.({
    account: grant.account,
    address: clientAddress(request),
    isCounted: request.method !== 'HEAD',
  })
  // Read before the head is out: that it cannot be read is an answer of its own.
  const bytes = request.method === 'HEAD' ? undefined : await content.readManifest(record.digest)
  response.writeHead(200, { ...headers, ...limits, 'Content-Length': record.sizeBytes })
  if (!bytes) return void response.end()
  response.end(bytes)
  const tag = 'tag' in reference ? reference.tag : undefined
  hooks.onActivity?.({ kind: 'pull', digest: record.digest, tag, ...whose(exchange) })
}

/** end-7a and 7b: PUT /v2/:name/manifests/:reference */
export async function putManifest(exchange: Exchange): Promise<void> {
  const { services, request, response, repository, params, query, hooks } = exchange
  const reference = parseManifestReference(params['reference'] ?? '')
  const extraTags = query.getAll('tag').map(parseTag)
  if (extraTags.length > tagsMax)
    throw new RegistryError('TAG_INVALID', { message: `more than ${tagsMax} tags` })
  const tags = 'tag' in reference ? [reference.tag, ...extraTags] : extraTags
  const { record, subject } = await services.manifests.putManifest(repository, {
    bytes: await readManifestBody(request),
    mediaType: request.headers['content-type'],
    digest: 'digest' in reference ? reference.digest : undefined,
    tags,
  })
  const { digest, mediaType } = record
  hooks.onActivity?.({ kind: 'push', digest, mediaType, tags, ...whose(exchange) })
  sendEmpty(response, 201, {
    Location: `/v2/${repository}/manifests/${digest}`,
    'Docker-Content-Digest': digest,
    ...(subject === undefined ? {} : { 'OCI-Subject': subject }),
    ...(extraTags.length === 0 ? {} : { 'OCI-Tag': extraTags }),
  })
}

/** end-9: DELETE /v2/:name/manifests/:reference */
export async function deleteManifest(exchange: Exchange): Promise<void> {
  const { services, response, repository, params, hooks } = exchange
  const target = parseManifestReference(params['reference'] ?? '')
  await services.manifests.deleteManifest(repository, target)
  hooks.onActivity?.({ kind: 'delete', target, ...whose(exchange) })
  sendEmpty(response, 202)
}

/** What is told of each activity. */
function whose({ repository, grant, request }: Exchange) {
  return { repository, account: grant.account, address: clientAddress(request) }
}

function readManifestBody(request: IncomingMessage): Promise<Uint8Array> {
  const tooLarge = () => new RegistryError('MANIFEST_TOO_LARGE', { detail: { limitBytes: manifestBytesMax } })
  return readBody(request, manifestBytesMax, tooLarge)
}
