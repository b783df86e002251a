import * as v from 'valibot'
import { created, done, repositoryOf, route } from './api-call.ts'
import { permission, text } from './fields.ts'
import { pageOf, replyPage } from './list-page.ts'

const base = '/v2/repositories/:namespace/:name/collaborators'
const collaborator = v.object({ user: text, permission: v.optional(permission, 'write') })

/** Single accounts that may do something with a repository. */
export const collaboratorRoutes = [
  route('GET', base, async (call) => {
    const all = await call.catalog.repositories.listCollaborators(call.viewer, repositoryOf(call))
    return replyPage(call, pageOf(call.url.searchParams, all), ({ account, permission }) => ({
      user: account,
      permission,
    }))
  }),
  route('POST', base, async (call) => {
    const { user: account, permission } = await call.body(collaborator)
    await call.catalog.repositories.setCollaborator(call.viewer, repositoryOf(call), { account, permission })
    return created({ user: account, permission })
  }),
  route('DELETE', `${base}/:account`, async (call) => {
    const of = { account: call.params['account'] ?? '', permission: undefined }
    await call.catalog.repositories.setCollaborator(call.viewer, repositoryOf(call), of)
    return done
  }),
]
