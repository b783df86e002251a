import type { IncomingMessage } from 'node:http'
import { mediaTypes } from '@berth/oci'
import { isCoded } from '@berth/stdx'
import type { ReferrerRecord } from '../metadata/manifest-store.ts'
import { parseBlobDigest } from '../content/names.ts'
import { RegistryError } from '../registry-error.ts'
import { sendJson, sendJsonText, warningHeader, type Exchange } from './exchange.ts'
import { loadNames, loadPageWithin, nextLink, nextLinkThere, parsePage } from './paging.ts'

/** Annotations can be as large as a manifest; clients read an index of at most 4 MiB. */
const referrersBytesMax = 3 * 1024 * 1024

/** end-1: GET /v2/ */
export async function getVersion({ response }: Exchange): Promise<void> {
  sendJson(response, {})
}

/** GET /v2/_catalog */
export async function listRepositories({ services, request, response, query }: Exchange): Promise<void> {
  const { list, next } = await loadNames(parsePage(query), (page) =>
    services.stores.repositories.listRepositories(page),
  )
  sendJsonText(response, `{"repositories":${list.json}}`, nextLink(pathOf(request), query, next))
}

/** end-8a and 8b: GET /v2/:name/tags/list */
export async function listTags(exchange: Exchange): Promise<void> {
  const { services, request, response, repository, query } = exchange
  if (await passOn(exchange, 'tags/list')) return
  const { list, next } = await loadNames(parsePage(query), (page) =>
    services.stores.manifests.listTags(repository, page),
  )
  if (list.length === 0 && !(await services.stores.repositories.hasRepository(repository))) {
    throw new RegistryError('NAME_UNKNOWN', { detail: { name: repository } })
  }
  sendJsonText(
    response,
    `{"name":${JSON.stringify(repository)},"tags":${list.json}}`,
    nextLink(pathOf(request), query, next),
  )
}

/** end-12a and 12b: GET /v2/:name/referrers/:digest. A subject that is not there has an empty list. */
export async function listReferrers(exchange: Exchange): Promise<void> {
  const { services, request, response, repository, params, query } = exchange
  const subject = parseBlobDigest(params['digest'] ?? '')
  if (await passOn(exchange, `referrers/${subject}`)) return
  const artifactType = query.get('artifactType') || undefined
  const { entries, next } = await loadPageWithin(
    { ...parsePage(query), limitBytes: referrersBytesMax },
    (page) => services.stores.manifests.listReferrers(repository, subject, { ...page, artifactType }),
    (referrer) => referrer.digest,
  )
  const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: entries.map(toDescriptor) }
  sendJson(response, index, {
    'Content-Type': mediaTypes.ociIndex,
    ...(artifactType === undefined ? {} : { 'OCI-Filters-Applied': 'artifactType' }),
    ...nextLink(pathOf(request), query, next),
  })
}

function toDescriptor({ sizeBytes, ...referrer }: ReferrerRecord) {
  return { ...referrer, size: sizeBytes }
}

/** As the client has it: the next page is at the same address, in whichever way that names a mirrored registry. */
function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? ''
}

/**
 * Answers from upstream for a mirrored repository: only it knows the whole list. False for a repository of our own, and
 * when upstream fails: what is known here is said then, with a warning.
 */
async function passOn(
  { mirror, request, response, repository, query }: Exchange,
  path: string,
): Promise<boolean> {
  if (!mirror) return false
  const wanted = new URLSearchParams(query)
  wanted.delete('ns')
  try {
    const { bytes, headers } = await mirror.getList(repository, `${path}?${wanted}`)
    const { Link: link, ...others } = headers
    response.writeHead(200, {
      'Content-Type': 'application/json',
      ...others,
      ...(link !== undefined && nextLinkThere(pathOf(request), query, link)),
      'Content-Length': bytes.length,
    })
    response.end(bytes)
    return true
  } catch (error) {
    if (!isCoded(error, 'unavailable', 'deadline')) throw error
    response.setHeader('Warning', warningHeader(`${error.message}; this is what is known here`).Warning)
    return false
  }
}
