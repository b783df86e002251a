import { route } from './api-call.ts'
import { parsePaging, replyPage } from './list-page.ts'
import { formatRepository } from './repositories.ts'

export const starredRoutes = [
  route('GET', '/v2/users/:account/starred', async (call) => {
    const { catalog, viewer, params, url } = call
    const paging = parsePaging(url.searchParams)
    const listed = await catalog.repositories.listStarred(viewer, params['account'] ?? '', paging)
    return replyPage(call, listed, formatRepository)
  }),
]
