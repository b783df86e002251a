import type { Team } from '@berth/catalog'
import * as v from 'valibot'
import { created, done, ok, repositoryOf, route } from './api-call.ts'
import { optionalText, permission, text } from './fields.ts'
import { pageOf, replyPage } from './list-page.ts'
import { nameOf } from './organizations.ts'

const newGroup = v.object({ name: text, description: optionalText })
const newGroupMember = v.object({ member: text })
const groupPermission = v.object({ group_name: text, permission })

/** Teams, which Docker Hub's API calls groups, and what they may do with a repository. */
export const groupRoutes = [
  route('GET', '/v2/orgs/:organization/groups', async (call) => {
    const teams = await call.catalog.organizations.listTeams(call.viewer, nameOf(call))
    return replyPage(call, pageOf(call.url.searchParams, teams), formatTeam)
  }),
  route('POST', '/v2/orgs/:organization/groups', async (call) => {
    const { name, description } = await call.body(newGroup)
    const form = { name, ...(description !== undefined && { description }) }
    return created(formatTeam(await call.catalog.organizations.createTeam(call.viewer, nameOf(call), form)))
  }),
  route('DELETE', '/v2/orgs/:organization/groups/:group', async (call) => {
    await call.catalog.organizations.deleteTeam(call.viewer, nameOf(call), call.params['group'] ?? '')
    return done
  }),
  route('GET', '/v2/orgs/:organization/groups/:group/members', async (call) => {
    const { catalog, viewer, params, url } = call
    const names = await catalog.organizations.listTeamMembers(viewer, nameOf(call), params['group'] ?? '')
    return replyPage(call, pageOf(url.searchParams, names), (username) => ({ username }))
  }),
  route('POST', '/v2/orgs/:organization/groups/:group/members', async (call) => {
    const { member: account } = await call.body(newGroupMember)
    const of = { team: call.params['group'] ?? '', account }
    await call.catalog.organizations.addTeamMember(call.viewer, nameOf(call), of)
    return ok({ username: account })
  }),
  route('DELETE', '/v2/orgs/:organization/groups/:group/members/:account', async (call) => {
    const { catalog, viewer, params } = call
    const of = { team: params['group'] ?? '', account: params['account'] ?? '' }
    await catalog.organizations.removeTeamMember(viewer, nameOf(call), of)
    return done
  }),
  route('GET', '/v2/repositories/:namespace/:name/groups', async (call) => {
    const { catalog, viewer, url } = call
    const all = await catalog.organizations.listTeamPermissions(viewer, repositoryOf(call))
    return replyPage(call, pageOf(url.searchParams, all), ({ team, permission }) => ({
      group_name: team,
      permission,
    }))
  }),
  route('POST', '/v2/repositories/:namespace/:name/groups', async (call) => {
    const { group_name: team, permission } = await call.body(groupPermission)
    await call.catalog.organizations.setTeamPermission(call.viewer, repositoryOf(call), { team, permission })
    return created({ group_name: team, permission })
  }),
  route('DELETE', '/v2/repositories/:namespace/:name/groups/:group', async (call) => {
    const of = { team: call.params['group'] ?? '', permission: undefined }
    await call.catalog.organizations.setTeamPermission(call.viewer, repositoryOf(call), of)
    return done
  }),
]

function formatTeam({ name, description, memberCount }: Team) {
  return { name, description, member_count: memberCount }
}
