import { parseQueryBoolean } from '@berth/api'
import type { ImageService } from '@berth/engine'
import { CodedError } from '@berth/stdx'
import { jsonStream, parted, type Reply } from '../server/reply.ts'
import { requestBody } from '../server/request-body.ts'
import { route, type Route } from '../server/route.ts'
import { parsePlatformObjects } from './platform-object.ts'

type Archives = Pick<ImageService, 'load' | 'save'>

/** Images in archives, out and in. */
export const imageArchiveRoutes = (images: Archives): Route[] => {
  const save = (names: readonly string[], query: URLSearchParams): Reply => {
    if (names.length === 0) throw new CodedError('invalid-argument', 'no image names given')
    const platforms = parsePlatformObjects(query, 'platform')
    return parted(() => images.save(names, { platforms }), { contentType: 'application/x-tar' })
  }
  return [
    route('GET', '/images/get', ({ query }) => save(query.getAll('names'), query)),
    route('GET', '/images/{name:.*}/get', ({ params, query }) => save([params.name], query)),
    route('POST', '/images/load', ({ request, query, signal }) => {
      const isQuiet = parseQueryBoolean(query.get('quiet') ?? '1')
      const platforms = parsePlatformObjects(query, 'platform')
      // Some clients take the header for the end of what they have to send.
      return jsonStream(images.load(requestBody(request), { platforms, isQuiet, signal }), {
        errorsInStream: true,
      })
    }),
  ]
}
