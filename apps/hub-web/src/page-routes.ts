import { open, redirect, signedIn, type Route } from './http/page-request.ts'
import { showAudit } from './pages/account/audit.ts'
import { deleteAccount, showDeleteAccount } from './pages/account/delete-account.ts'
import { showOwnRepositories, showStarred } from './pages/account/own-repositories.ts'
import { changePassword, showPassword } from './pages/account/password.ts'
import { saveProfile, showProfile } from './pages/account/profile.ts'
import { endOneSession, showSessions } from './pages/account/sessions.ts'
import { showSignIn, signIn, signOut } from './pages/account/sign-in.ts'
import { showSignUp, signUp } from './pages/account/sign-up.ts'
import { setTheme } from './pages/account/theme.ts'
import { createToken, deleteToken, showTokens, updateToken } from './pages/account/tokens.ts'
import { setPlan, setRole, setState, showAccounts } from './pages/accounts.ts'
import { showHome } from './pages/home.ts'
import { showNamespace } from './pages/namespace.ts'
import { setMember, showMembers } from './pages/organization/members.ts'
import { showOrganizationAudit } from './pages/organization/organization-audit.ts'
import {
  deleteOrganization,
  saveOrganization,
  showOrganizationSettings,
} from './pages/organization/organization-settings.ts'
import { createOrganization, showOrganizations } from './pages/organization/organizations.ts'
import { addTeamMember, deleteTeam, removeTeamMember, showTeam } from './pages/organization/team.ts'
import { createTeam, showTeams } from './pages/organization/teams.ts'
import { showBuilds } from './pages/repository/builds.ts'
import { setCollaborator, showCollaborators } from './pages/repository/collaborators.ts'
import { create, showCreate } from './pages/repository/create.ts'
import { showImage } from './pages/repository/image.ts'
import { showOverview } from './pages/repository/overview.ts'
import { deleteRepository, saveSettings, setVisibility, showSettings } from './pages/repository/settings.ts'
import { star } from './pages/repository/star-button.ts'
import { deleteTag, showTag } from './pages/repository/tag.ts'
import { showTags } from './pages/repository/tags.ts'
import { createWebhook, deleteWebhook, showDeliveries, showWebhooks } from './pages/repository/webhooks.ts'
import { showSearch } from './pages/search.ts'
import { paths } from './paths.ts'

/** Every page, and everything that a form does. `/r/_` stands for a repository, whose name may have slashes. */
export const pageRoutes: readonly Route[] = [
  open('GET', '/', showHome),
  open('GET', '/search', showSearch),
  open('GET', '/u/:namespace', showNamespace),

  open('GET', '/signin', showSignIn),
  open('POST', '/signin', signIn),
  open('GET', '/signup', showSignUp),
  open('POST', '/signup', signUp),
  signedIn('POST', '/signout', signOut),
  { ...open('POST', '/theme', setTheme), isTokenFree: true },

  signedIn('GET', '/repositories', showOwnRepositories),
  signedIn('GET', '/starred', showStarred),
  signedIn('GET', '/new', showCreate),
  signedIn('POST', '/new', create),

  open('GET', '/r/_', showOverview),
  open('GET', '/r/_/-/tags', showTags),
  open('GET', '/r/_/-/tags/:tag', showTag),
  open('GET', '/r/_/-/images/:digest', showImage),
  signedIn('POST', '/r/_/-/tags/:tag/delete', deleteTag),
  signedIn('POST', '/r/_/-/star', star),
  signedIn('GET', '/r/_/-/settings', showSettings),
  signedIn('POST', '/r/_/-/settings', saveSettings),
  signedIn('POST', '/r/_/-/visibility', setVisibility),
  signedIn('POST', '/r/_/-/delete', deleteRepository),
  signedIn('GET', '/r/_/-/collaborators', showCollaborators),
  signedIn('POST', '/r/_/-/collaborators', setCollaborator),
  signedIn('GET', '/r/_/-/webhooks', showWebhooks),
  signedIn('POST', '/r/_/-/webhooks', createWebhook),
  signedIn('GET', '/r/_/-/webhooks/:id', showDeliveries),
  signedIn('POST', '/r/_/-/webhooks/:id/delete', deleteWebhook),
  signedIn('GET', '/r/_/-/builds', showBuilds),

  signedIn('GET', '/settings', showProfile),
  signedIn('POST', '/settings', saveProfile),
  signedIn('GET', '/settings/password', showPassword),
  signedIn('POST', '/settings/password', changePassword),
  signedIn('GET', '/settings/tokens', showTokens),
  signedIn('POST', '/settings/tokens', createToken),
  signedIn('POST', '/settings/tokens/:id/update', updateToken),
  signedIn('POST', '/settings/tokens/:id/delete', deleteToken),
  signedIn('GET', '/settings/sessions', showSessions),
  signedIn('POST', '/settings/sessions', endOneSession),
  signedIn('GET', '/settings/audit', showAudit),
  signedIn('GET', '/settings/delete', showDeleteAccount),
  signedIn('POST', '/settings/delete', deleteAccount),

  signedIn('GET', '/orgs', showOrganizations),
  signedIn('POST', '/orgs', createOrganization),
  signedIn('GET', '/orgs/:organization', ({ params }) =>
    redirect(paths.organization(params['organization'] ?? '', 'members')),
  ),
  signedIn('GET', '/orgs/:organization/members', showMembers),
  signedIn('POST', '/orgs/:organization/members', setMember),
  signedIn('GET', '/orgs/:organization/teams', showTeams),
  signedIn('POST', '/orgs/:organization/teams', createTeam),
  signedIn('GET', '/orgs/:organization/teams/:team', showTeam),
  signedIn('POST', '/orgs/:organization/teams/:team/add', addTeamMember),
  signedIn('POST', '/orgs/:organization/teams/:team/remove', removeTeamMember),
  signedIn('POST', '/orgs/:organization/teams/:team/delete', deleteTeam),
  signedIn('GET', '/orgs/:organization/settings', showOrganizationSettings),
  signedIn('POST', '/orgs/:organization/settings', saveOrganization),
  signedIn('POST', '/orgs/:organization/delete', deleteOrganization),
  signedIn('GET', '/orgs/:organization/audit', showOrganizationAudit),

  signedIn('GET', '/admin/accounts', showAccounts),
  signedIn('POST', '/admin/accounts/:name/plan', setPlan),
  signedIn('POST', '/admin/accounts/:name/state', setState),
  signedIn('POST', '/admin/accounts/:name/role', setRole),
]
