import type { Image, PlatformImage, Referrer, Tag } from '@berth/catalog'
import { parseDigest } from '@berth/oci'
import { done, ok, repositoryOf, route, type ApiCall, type ApiRoute } from './api-call.ts'
import { isoTime } from './fields.ts'
import { pageOf, parseOrdering, parsePaging, replyPage } from './list-page.ts'

/** Docker Hub's names, which for tags mean the other way round: `last_updated` has the newest first, `name` begins with z. */
const catalogOrderings = {
  last_updated: '-last_updated',
  '-last_updated': 'last_updated',
  name: '-name',
  '-name': 'name',
} as const
const orderings = Object.keys(catalogOrderings) as (keyof typeof catalogOrderings)[]

/** The same below both of Docker Hub's paths. */
export const tagRoutes: readonly ApiRoute[] = [
  '/v2/namespaces/:namespace/repositories/:name',
  '/v2/repositories/:namespace/:name',
].flatMap((base) => [
  route('GET', `${base}/tags`, async (call) => {
    const query = call.url.searchParams
    const filter = query.get('name')
    const { ordering } = parseOrdering(query, orderings)
    const options = {
      ...parsePaging(query),
      ...(filter !== null && { filter }),
      ...(ordering !== undefined && { ordering: catalogOrderings[ordering] }),
    }
    const listed = await call.catalog.images.listTags(call.viewer, repositoryOf(call), options)
    return replyPage(call, listed, formatTag)
  }),
  route('GET', `${base}/tags/:tag`, async (call) => ok(formatTag(await getTag(call)))),
  route('GET', `${base}/tags/:tag/images`, async (call) =>
    ok((await getTag(call)).images.map(formatPlatform)),
  ),
  route('DELETE', `${base}/tags/:tag`, async ({ catalog, viewer, params }) => {
    await catalog.images.deleteTag(viewer, repositoryOf({ params }), params['tag'] ?? '')
    return done
  }),
  route('GET', `${base}/images/:digest`, async (call) => {
    const digest = parseDigest(call.params['digest'] ?? '')
    return ok(formatImage(await call.catalog.images.getImage(call.viewer, repositoryOf(call), digest)))
  }),
  route('GET', `${base}/images/:digest/referrers`, async (call) => {
    const digest = parseDigest(call.params['digest'] ?? '')
    const referrers = await call.catalog.images.listReferrers(call.viewer, repositoryOf(call), digest)
    return replyPage(call, pageOf(call.url.searchParams, referrers), formatReferrer)
  }),
])

function getTag({ catalog, viewer, params }: ApiCall): Promise<Tag> {
  return catalog.images.getTag(viewer, repositoryOf({ params }), params['tag'] ?? '')
}

function formatTag(tag: Tag) {
  const updatedAt = isoTime(tag.updatedAt)
  return {
    name: tag.name,
    digest: tag.digest,
    media_type: tag.mediaType,
    content_type: 'image',
    full_size: tag.sizeBytes,
    tag_status: 'active',
    last_updated: updatedAt,
    tag_last_pushed: updatedAt,
    last_updater_username: tag.updatedBy ?? null,
    images: tag.images.map(formatPlatform),
  }
}

function formatPlatform({ digest, os, architecture, variant, sizeBytes }: PlatformImage) {
  return { architecture, os, variant: variant ?? null, digest, size: sizeBytes, status: 'active' }
}

function formatImage(image: Image) {
  return {
    ...formatPlatform(image),
    media_type: image.mediaType,
    created: image.createdAt ?? null,
    author: image.author ?? null,
    labels: image.labels,
    layers: image.layers.map(({ digest, mediaType, sizeBytes }) => ({
      digest,
      media_type: mediaType,
      size: sizeBytes,
    })),
    history: image.history.map(({ createdAt, createdBy, comment, isEmptyLayer }) => ({
      created: createdAt ?? null,
      instruction: createdBy,
      comment,
      empty_layer: isEmptyLayer,
    })),
  }
}

function formatReferrer({ digest, mediaType, artifactType, sizeBytes, annotations }: Referrer) {
  return {
    digest,
    media_type: mediaType,
    artifact_type: artifactType ?? null,
    size: sizeBytes,
    annotations,
  }
}
