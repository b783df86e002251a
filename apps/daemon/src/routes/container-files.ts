import { parseQueryBoolean, type ContainerConfig, type IdResponse } from '@berth/api'
import type { ContainerService } from '@berth/engine'
import { status, stream } from '../server/reply.ts'
import { route, type Route } from '../server/route.ts'
import { newImageName } from './new-image-name.ts'

type Files = Pick<ContainerService, 'changes' | 'commit' | 'export'>

/** What a container wrote: looked at, taken out, made an image. */
export const containerFileRoutes = (containers: Files): Route[] => [
  route('GET', '/containers/{name}/changes', ({ params }) => containers.changes(params.name)),
  route('GET', '/containers/{name}/export', ({ params, signal }) =>
    stream(containers.export(params.name, { signal }), { contentType: 'application/x-tar' }),
  ),
  route('POST', '/commit', async ({ query, optionalJson, signal }) => {
    const pause = query.get('pause') ?? ''
    const id = await containers.commit(query.get('container') ?? '', {
      reference: newImageName(query),
      comment: query.get('comment') ?? '',
      author: query.get('author') ?? '',
      changes: query.getAll('changes'),
      config: (await optionalJson<Partial<ContainerConfig> | null>()) ?? {},
      pauses: pause === '' || parseQueryBoolean(pause),
      signal,
    })
    return status(201, { Id: id } satisfies IdResponse)
  }),
]
