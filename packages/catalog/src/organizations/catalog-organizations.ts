import { CodedError } from '@berth/stdx'
import { findAccountRecord } from '../accounts/account-store.ts'
import { fullNameLengthMax, nameTaken } from '../accounts/create-account.ts'
import { lockNamespace, type CatalogDatabase } from '../database/catalog-database.ts'
import { insertAudit } from '../events/audit-store.ts'
import { checkUnreserved, parseNamespaceName, quote } from '../names.ts'
import type { Member, Organization, OrganizationRole, Organizations, Team } from '../organizations.ts'
import { parsePaging } from '../paging.ts'
import { parseLine } from '../parse-text.ts'
import { noSuch, requirePerson, requireSignedIn } from '../refusals.ts'
import type { RepositoryPermission } from '../repositories.ts'
import { listNamespaceRepositories } from '../repositories/repository-store.ts'
import type { Listed, Paging, Viewer } from '../viewer.ts'
import {
  deleteMember,
  findMemberRole,
  hasOtherOwner,
  listMemberRecords,
  listMemberships,
  putMember,
  type Membership,
} from './member-store.ts'
import {
  deleteNamespace,
  findNamespace,
  insertNamespace,
  updateNamespace,
  type NamespaceRecord,
} from './namespace-store.ts'
import { OrganizationTeams } from './organization-teams.ts'
import { requireOrganization } from './require-organization.ts'

const organizationsMax = 100
const roles: readonly OrganizationRole[] = ['owner', 'member']

export class CatalogOrganizations implements Organizations {
  readonly #database: CatalogDatabase
  readonly #teams: OrganizationTeams

  constructor(database: CatalogDatabase) {
    this.#database = database
    this.#teams = new OrganizationTeams(database)
  }

  async createOrganization(viewer: Viewer, form: { name: string; fullName?: string }): Promise<Organization> {
    const { id: accountId } = requirePerson(viewer, 'create an organization')
    const name = parseNamespaceName(form.name)
    const fullName = parseFullName(form.fullName ?? '')
    checkUnreserved(name)
    const createdAt = this.#database.now()
    return this.#database.write(async (transaction) => {
      if ((await listMemberships(transaction, accountId)).length >= organizationsMax)
        throw new CodedError(
          'failed-precondition',
          `Cannot create an organization: you are in ${organizationsMax} already`,
        )
      const id = await insertNamespace(transaction, { name, kind: 'organization', fullName, createdAt })
      if (id === undefined) throw nameTaken(name)
      await putMember(transaction, { organizationId: id, accountId }, 'owner')
      const entry = { namespaceId: id, action: 'org.create', subject: name, by: viewer }
      await insertAudit(this.#database, transaction, entry)
      return { id, name, fullName, plan: 'personal', createdAt }
    })
  }

  async findOrganization(name: string): Promise<Organization | undefined> {
    const namespace = await findNamespace(this.#database.db, name)
    return namespace?.kind === 'organization' ? toOrganization(namespace) : undefined
  }

  async listOrganizations(viewer: Viewer): Promise<(Organization & { role: OrganizationRole })[]> {
    const { id } = requireSignedIn(viewer, 'list organizations')
    const memberships = await listMemberships(this.#database.db, id)
    return memberships.map(({ role, ...organization }) => ({ ...toOrganization(organization), role }))
  }

  async updateOrganization(
    viewer: Viewer,
    name: string,
    change: { fullName?: string },
  ): Promise<Organization> {
    const { id, ...organization } = await this.#requireOwner(viewer, name, 'change the organization')
    const fullName = change.fullName === undefined ? organization.fullName : parseFullName(change.fullName)
    await this.#database.write(async (transaction) => {
      await updateNamespace(transaction, id, { fullName })
      const entry = { namespaceId: id, action: 'org.update', subject: name, by: viewer }
      await insertAudit(this.#database, transaction, entry)
    })
    return toOrganization({ ...organization, id, fullName })
  }

  async deleteOrganization(viewer: Viewer, name: string): Promise<void> {
    const { id } = await this.#requireOwner(viewer, name, 'delete the organization')
    await this.#database.write(async (transaction) => {
      await lockNamespace(this.#database, transaction, id)
      if ((await listNamespaceRepositories(transaction, id, 1)).length > 0)
        throw new CodedError('failed-precondition', 'Cannot delete the organization: it has repositories', {
          hint: 'Delete them first.',
        })
      await deleteNamespace(transaction, { id, name })
    })
  }

  async listMembers(viewer: Viewer, organization: string, paging: Paging): Promise<Listed<Member>> {
    const page = parsePaging(paging)
    const need = { name: organization, role: 'member', action: 'list members' } as const
    const { id } = await requireOrganization(this.#database.db, viewer, need)
    return listMemberRecords(this.#database.db, id, page)
  }

  async setMember(viewer: Viewer, organization: string, member: Member): Promise<void> {
    const { role } = member
    const { id, account, membership } = await this.#membership(viewer, organization, member.account)
    if (!roles.includes(role))
      throw new CodedError('invalid-argument', `Cannot change members: there is no role ${quote(role)}`)
    await this.#database.write(async (transaction) => {
      await lockNamespace(this.#database, transaction, id)
      const before = await findMemberRole(transaction, membership)
      if (before === role) return
      if (before === 'owner') await refuseLastOwner(transaction, membership)
      await putMember(transaction, membership, role)
      await insertAudit(this.#database, transaction, {
        namespaceId: id,
        action: before === undefined ? 'org.member.add' : 'org.member.role',
        subject: organization,
        by: viewer,
        detail: { account, role },
      })
    })
  }

  async removeMember(viewer: Viewer, organization: string, name: string): Promise<void> {
    const { id, account, membership } = await this.#membership(viewer, organization, name)
    await this.#database.write(async (transaction) => {
      await lockNamespace(this.#database, transaction, id)
      const before = await findMemberRole(transaction, membership)
      if (before === undefined) throw noSuch('member', name)
      if (before === 'owner') await refuseLastOwner(transaction, membership)
      await deleteMember(transaction, membership)
      await insertAudit(this.#database, transaction, {
        namespaceId: id,
        action: 'org.member.remove',
        subject: organization,
        by: viewer,
        detail: { account },
      })
    })
  }

  listTeams(viewer: Viewer, organization: string): Promise<Team[]> {
    return this.#teams.listTeams(viewer, organization)
  }

  createTeam(
    viewer: Viewer,
    organization: string,
    team: { name: string; description?: string },
  ): Promise<Team> {
    return this.#teams.createTeam(viewer, organization, team)
  }

  deleteTeam(viewer: Viewer, organization: string, team: string): Promise<void> {
    return this.#teams.deleteTeam(viewer, organization, team)
  }

  listTeamMembers(viewer: Viewer, organization: string, team: string): Promise<string[]> {
    return this.#teams.listTeamMembers(viewer, organization, team)
  }

  addTeamMember(viewer: Viewer, organization: string, of: { team: string; account: string }): Promise<void> {
    return this.#teams.addTeamMember(viewer, organization, of)
  }

  removeTeamMember(
    viewer: Viewer,
    organization: string,
    of: { team: string; account: string },
  ): Promise<void> {
    return this.#teams.removeTeamMember(viewer, organization, of)
  }

  setTeamPermission(
    viewer: Viewer,
    repository: string,
    of: { team: string; permission: RepositoryPermission | undefined },
  ): Promise<void> {
    return this.#teams.setTeamPermission(viewer, repository, of)
  }

  listTeamPermissions(
    viewer: Viewer,
    repository: string,
  ): Promise<{ team: string; permission: RepositoryPermission }[]> {
    return this.#teams.listTeamPermissions(viewer, repository)
  }

  /** An account that is to become, or to stop being, a member. Members may leave by themselves. */
  async #membership(
    viewer: Viewer,
    organization: string,
    name: string,
  ): Promise<{ id: number; account: string; membership: Membership }> {
    const { id } = await this.#requireOwner(viewer, organization, 'change members')
    const account = await findAccountRecord(this.#database.db, { name })
    if (!account) throw noSuch('account', name)
    return { id, account: account.name, membership: { organizationId: id, accountId: account.id } }
  }

  #requireOwner(viewer: Viewer, name: string, action: string): Promise<NamespaceRecord> {
    return requireOrganization(this.#database.db, viewer, { name, role: 'owner', action })
  }
}

const parseFullName = (text: string) => parseLine(text, { what: 'full name', lengthMax: fullNameLengthMax })

async function refuseLastOwner(
  transaction: Parameters<typeof hasOtherOwner>[0],
  membership: Membership,
): Promise<void> {
  if (await hasOtherOwner(transaction, membership)) return
  throw new CodedError('failed-precondition', 'Cannot change members: an organization has an owner', {
    hint: 'Make somebody else an owner first.',
  })
}

function toOrganization({ id, name, fullName, plan, createdAt }: NamespaceRecord): Organization {
  return { id, name, fullName, plan, createdAt }
}
