import { decodeRegistryAuth } from '@berth/api'
import type { ImageService } from '@berth/engine'
import { parseReference, type Reference } from '@berth/oci'
import { credentialsOf } from '@berth/registry-client'
import { CodedError } from '@berth/stdx'
import { jsonStream } from '../server/reply.ts'
import { route, type Route } from '../server/route.ts'
import { parsePlatformObject } from './platform-object.ts'

export const imagePushRoutes = (images: Pick<ImageService, 'push'>): Route[] => [
  route('POST', '/images/{name:.*}/push', ({ params, query, request, signal }) => {
    const header = request.headers['x-registry-auth']
    const credentials = credentialsOf(decodeRegistryAuth(header?.toString()))
    const platform = parsePlatformObject(query)
    const reference = pushReference(params.name, query.get('tag') ?? '')
    return jsonStream(images.push(reference, { platform, credentials, signal }))
  }),
]

/** Without a tag all tags of the repository are meant. */
function pushReference(name: string, tag: string): Reference {
  const { digest, ...reference } = parseReference(tag === '' ? name : `${name}:${tag}`)
  if (digest !== undefined) throw new CodedError('invalid-argument', 'cannot push a digest reference')
  return reference
}
