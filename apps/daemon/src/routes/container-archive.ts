import { formatPathStat, parseQueryBoolean, pathStatHeader, type PathStat } from '@berth/api'
import type { ContainerService } from '@berth/engine'
import { CodedError } from '@berth/stdx'
import { status, stream } from '../server/reply.ts'
import type { Headers } from '../server/send-bytes.ts'
import { requestBody } from '../server/request-body.ts'
import { route, type Route } from '../server/route.ts'

type Archives = Pick<ContainerService, 'archivePath' | 'extractToDirectory' | 'statPath'>

const archivePath = '/containers/{name}/archive'

/** Files into containers and out of them: what `docker cp` asks for. */
export const containerArchiveRoutes = (containers: Archives): Route[] => [
  route('HEAD', archivePath, async ({ params, query, signal }) => {
    const stat = await containers.statPath(params.name, { path: pathOf(query), signal })
    return status(200, undefined, headersOf(stat))
  }),
  route('GET', archivePath, async ({ params, query, signal }) => {
    const { stat, body } = await containers.archivePath(params.name, { path: pathOf(query), signal })
    return stream(body, { contentType: 'application/x-tar', headers: headersOf(stat) })
  }),
  route('PUT', archivePath, async ({ params, query, request, signal }) => {
    await containers.extractToDirectory(params.name, {
      path: pathOf(query),
      archive: requestBody(request),
      replacesDirectories: !parseQueryBoolean(query.get('noOverwriteDirNonDir')),
      isUsers: parseQueryBoolean(query.get('copyUIDGID')),
      signal,
    })
    return status(200)
  }),
]

function pathOf(query: URLSearchParams): string {
  const path = query.get('path')
  if (!path) throw new CodedError('invalid-argument', 'bad parameter: path cannot be empty')
  if (path.includes('\0'))
    throw new CodedError('invalid-argument', 'bad parameter: path cannot hold a zero byte')
  return path
}

const headersOf = (stat: PathStat): Headers => ({ [pathStatHeader]: formatPathStat(stat) })
