import type { RepositoryPermission } from './repositories.ts'
import type { Listed, Paging, PlanName, Viewer } from './viewer.ts'

/** Namespaces that several accounts share. An owner may do everything in it, a member what their teams may. */
export interface Organizations {
  /** The viewer becomes its first owner. Throws `already-exists` as `signUp` does. */
  createOrganization(viewer: Viewer, form: { name: string; fullName?: string }): Promise<Organization>
  findOrganization(name: string): Promise<Organization | undefined>
  /** Those that the viewer is a member of. */
  listOrganizations(viewer: Viewer): Promise<(Organization & { role: OrganizationRole })[]>
  updateOrganization(viewer: Viewer, name: string, change: { fullName?: string }): Promise<Organization>
  /** Throws `failed-precondition` while it has repositories. */
  deleteOrganization(viewer: Viewer, name: string): Promise<void>

  listMembers(viewer: Viewer, organization: string, paging: Paging): Promise<Listed<Member>>
  /** Adds a member or changes the role. Throws `failed-precondition` for the last owner. */
  setMember(viewer: Viewer, organization: string, member: Member): Promise<void>
  /** Also leaves every team. Throws `failed-precondition` for the last owner. */
  removeMember(viewer: Viewer, organization: string, account: string): Promise<void>

  listTeams(viewer: Viewer, organization: string): Promise<Team[]>
  createTeam(
    viewer: Viewer,
    organization: string,
    team: { name: string; description?: string },
  ): Promise<Team>
  deleteTeam(viewer: Viewer, organization: string, team: string): Promise<void>
  listTeamMembers(viewer: Viewer, organization: string, team: string): Promise<string[]>
  addTeamMember(viewer: Viewer, organization: string, of: { team: string; account: string }): Promise<void>
  removeTeamMember(viewer: Viewer, organization: string, of: { team: string; account: string }): Promise<void>
  /** What a team may do with a repository of the organization; undefined takes it away. */
  setTeamPermission(
    viewer: Viewer,
    repository: string,
    of: { team: string; permission: RepositoryPermission | undefined },
  ): Promise<void>
  listTeamPermissions(
    viewer: Viewer,
    repository: string,
  ): Promise<{ team: string; permission: RepositoryPermission }[]>
}

export interface Organization {
  id: number
  name: string
  fullName: string
  plan: PlanName
  createdAt: number
}

export type OrganizationRole = 'owner' | 'member'

export interface Member {
  account: string
  role: OrganizationRole
}

export interface Team {
  name: string
  description: string
  memberCount: number
}
