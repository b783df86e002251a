import {
  decodeRegistryAuth,
  parseFilters,
  parseQueryBoolean,
  versionAtLeast,
  type ImageSummary,
} from '@berth/api'
import type { ImageService } from '@berth/engine'
import { isDigest, parsePlatform, parseReference, type Platform, type Reference } from '@berth/oci'
import { credentialsOf } from '@berth/registry-client'
import { CodedError } from '@berth/stdx'
import { jsonStream, status } from '../server/reply.ts'
import { requestBody } from '../server/request-body.ts'
import { route, type RequestContext, type Route } from '../server/route.ts'
import { newImageName } from './new-image-name.ts'
import { parsePlatformObject, parsePlatformObjects } from './platform-object.ts'

type Images = Pick<
  ImageService,
  'history' | 'import' | 'inspect' | 'list' | 'listWithManifests' | 'pull' | 'remove' | 'tag'
>

const listFilters = ['before', 'dangling', 'label', 'label!', 'reference', 'since', 'until']

export const imageRoutes = (images: Images): Route[] => [
  route('GET', '/images/json', async ({ query, apiVersion }) => {
    const filters = parseFilters(query.get('filters'), listFilters)
    const isDetailed = parseQueryBoolean(query.get('manifests')) && versionAtLeast(apiVersion, '1.47')
    const options = { filters, all: parseQueryBoolean(query.get('all')) }
    const list = isDetailed ? images.listWithManifests(options) : images.list(options)
    return (await list).map((image) => forVersion(image, apiVersion))
  }),
  route('POST', '/images/create', ({ query, request, signal }) => {
    const fromImage = query.get('fromImage')
    const platform = platformOf(query.get('platform'))
    if (!fromImage) return jsonStream(images.import(importOptions({ query, request, signal, platform })))
    const credentials = credentialsOf(decodeRegistryAuth(headerOf(request.headers['x-registry-auth'])))
    const reference = pullReference(fromImage, query.get('tag') ?? '')
    return jsonStream(images.pull(reference, { platform, credentials, signal }))
  }),
  route('GET', '/images/{name:.*}/json', ({ params, query }) => {
    const platform = parsePlatformObject(query)
    const withManifests = parseQueryBoolean(query.get('manifests'))
    if (platform && withManifests)
      throw new CodedError(
        'invalid-argument',
        'conflicting options: manifests and platform options cannot both be set',
      )
    return images.inspect(params.name, { platform, withManifests })
  }),
  route('GET', '/images/{name:.*}/history', ({ params, query }) =>
    images.history(params.name, { platform: parsePlatformObject(query) }),
  ),
  route('POST', '/images/{name:.*}/tag', ({ params, query }) => {
    images.tag(params.name, `${query.get('repo') ?? ''}${query.get('tag') ? `:${query.get('tag')}` : ''}`)
    return status(201)
  }),
  route('DELETE', '/images/{name:.*}', ({ params, query }) =>
    images.remove(params.name, {
      force: parseQueryBoolean(query.get('force')),
      prunes: !parseQueryBoolean(query.get('noprune')),
      platforms: parsePlatformObjects(query, 'platforms'),
    }),
  ),
]

interface ImportRequest extends Pick<RequestContext, 'query' | 'request' | 'signal'> {
  platform: Platform | undefined
}

function importOptions({ query, request, signal, platform }: ImportRequest) {
  const url = query.get('fromSrc') ?? ''
  if (url === '') throw new CodedError('invalid-argument', 'neither fromImage nor fromSrc is given')
  return {
    source: url === '-' ? { body: requestBody(request) } : { url },
    reference: newImageName(query),
    message: query.get('message') ?? '',
    changes: query.getAll('changes'),
    platform,
    signal,
  }
}

/** `fromImage` and `tag` as clients send them: the tag may be a digest, or part of the name; without one all tags are meant. */
function pullReference(name: string, tag: string): Reference {
  const separator = isDigest(tag) ? '@' : ':'
  const reference = parseReference(tag === '' ? name : `${name}${separator}${tag}`)
  if (reference.repository === 'library/scratch')
    throw new CodedError('forbidden', "'scratch' is a reserved name")
  return reference
}

function platformOf(text: string | null): Platform | undefined {
  return text ? parsePlatform(text) : undefined
}

/** Older clients expect names for dangling images, and a size under another name. */
function forVersion(image: ImageSummary, apiVersion: string): ImageSummary {
  return {
    ...image,
    ...(versionAtLeast(apiVersion, '1.51') ? {} : { Containers: -1 }),
    ...(versionAtLeast(apiVersion, '1.44') ? {} : { VirtualSize: image.Size }),
    ...(versionAtLeast(apiVersion, '1.43') ? {} : danglingNames(image)),
  }
}

function danglingNames({ RepoTags, RepoDigests }: ImageSummary): Partial<ImageSummary> {
  const isDangling = !RepoTags?.length && !RepoDigests?.length
  return isDangling ? { RepoTags: ['<none>:<none>'], RepoDigests: ['<none>@<none>'] } : {}
}

const headerOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value
