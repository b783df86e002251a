import { CodedError } from '@berth/stdx'
import { findAccountRecord } from '../accounts/account-store.ts'
import type { CatalogDatabase, CatalogReader, CatalogWriter } from '../database/catalog-database.ts'
import { insertAudit } from '../events/audit-store.ts'
import { isNamespaceName, parseNamespaceName } from '../names.ts'
import type { Organizations, Team } from '../organizations.ts'
import { parseLine } from '../parse-text.ts'
import { noSuch } from '../refusals.ts'
import type { RepositoryPermission } from '../repositories.ts'
import { parsePermission } from '../repositories/parse-permission.ts'
import { requireRepository } from '../repositories/require-repository.ts'
import type { Viewer } from '../viewer.ts'
import { findMemberRole } from './member-store.ts'
import { requireOrganization } from './require-organization.ts'
import {
  deleteTeamMember,
  deleteTeamRecord,
  findTeamId,
  insertTeam,
  insertTeamMember,
  listTeamLevels,
  listTeamMemberNames,
  listTeamRecords,
  setTeamLevel,
  type TeamMembership,
} from './team-store.ts'

const teamsMax = 200
const descriptionLengthMax = 200

type Teams = Pick<
  Organizations,
  | 'listTeams'
  | 'createTeam'
  | 'deleteTeam'
  | 'listTeamMembers'
  | 'addTeamMember'
  | 'removeTeamMember'
  | 'setTeamPermission'
  | 'listTeamPermissions'
>

interface NamedMember {
  team: string
  account: string
}

export class OrganizationTeams implements Teams {
  readonly #database: CatalogDatabase

  constructor(database: CatalogDatabase) {
    this.#database = database
  }

  async listTeams(viewer: Viewer, organization: string): Promise<Team[]> {
    const need = { name: organization, role: 'member', action: 'list teams' } as const
    const { id } = await requireOrganization(this.#database.db, viewer, need)
    return listTeamRecords(this.#database.db, id)
  }

  async createTeam(
    viewer: Viewer,
    organization: string,
    form: { name: string; description?: string },
  ): Promise<Team> {
    const organizationId = await this.#requireOwned(viewer, organization)
    const name = parseNamespaceName(form.name)
    const description = parseLine(form.description ?? '', {
      what: 'description',
      lengthMax: descriptionLengthMax,
    })
    await this.#database.write(async (transaction) => {
      if ((await listTeamRecords(transaction, organizationId)).length >= teamsMax)
        throw new CodedError('failed-precondition', `Cannot create a team: there are ${teamsMax}`)
      if (!(await insertTeam(transaction, { organizationId, name, description })))
        throw new CodedError('already-exists', `There is a team ${name} already`)
      await this.#audit(transaction, viewer, { organizationId, action: 'org.team.create', team: name })
    })
    return { name, description, memberCount: 0 }
  }

  async deleteTeam(viewer: Viewer, organization: string, team: string): Promise<void> {
    const organizationId = await this.#requireOwned(viewer, organization)
    await this.#database.write(async (transaction) => {
      await deleteTeamRecord(transaction, await getTeamId(transaction, organizationId, team))
      await this.#audit(transaction, viewer, { organizationId, action: 'org.team.delete', team })
    })
  }

  async listTeamMembers(viewer: Viewer, organization: string, team: string): Promise<string[]> {
    const need = { name: organization, role: 'member', action: 'list members' } as const
    const { id } = await requireOrganization(this.#database.db, viewer, need)
    return listTeamMemberNames(this.#database.db, await getTeamId(this.#database.db, id, team))
  }

  addTeamMember(viewer: Viewer, organization: string, named: NamedMember): Promise<void> {
    const change = { organization, named, action: 'org.team.member.add' }
    return this.#changeMember(viewer, change, async (transaction, member) => {
      if (!(await findMemberRole(transaction, member)))
        throw new CodedError(
          'failed-precondition',
          `Cannot change the team: ${named.account} is not a member`,
          { hint: 'Add them to the organization first.' },
        )
      await insertTeamMember(transaction, member)
    })
  }

  removeTeamMember(viewer: Viewer, organization: string, named: NamedMember): Promise<void> {
    const change = { organization, named, action: 'org.team.member.remove' }
    return this.#changeMember(viewer, change, async (transaction, member) => {
      if (!(await deleteTeamMember(transaction, member))) throw noSuch('member', named.account)
    })
  }

  async setTeamPermission(
    viewer: Viewer,
    repository: string,
    { team, permission }: { team: string; permission: RepositoryPermission | undefined },
  ): Promise<void> {
    const need = { name: repository, permission: 'admin', action: 'change teams' } as const
    const { id, namespaceId } = await requireRepository(this.#database.db, viewer, need)
    const level = parsePermission(permission)
    await this.#database.write(async (transaction) => {
      const teamId = await getTeamId(transaction, namespaceId, team)
      await setTeamLevel(transaction, { teamId, repositoryId: id }, level)
      await this.#audit(transaction, viewer, {
        organizationId: namespaceId,
        action: 'org.team.permission',
        team,
        detail: { repository, permission: permission ?? 'none' },
      })
    })
  }

  async listTeamPermissions(
    viewer: Viewer,
    repository: string,
  ): Promise<{ team: string; permission: RepositoryPermission }[]> {
    const need = { name: repository, permission: 'admin', action: 'list teams' } as const
    const { id } = await requireRepository(this.#database.db, viewer, need)
    return listTeamLevels(this.#database.db, id)
  }

  async #changeMember(
    viewer: Viewer,
    { organization, named, action }: { organization: string; named: NamedMember; action: string },
    change: (transaction: CatalogWriter, member: TeamMembership) => Promise<void>,
  ): Promise<void> {
    const { team, account } = named
    const organizationId = await this.#requireOwned(viewer, organization)
    const accountId = await this.#getAccountId(account)
    await this.#database.write(async (transaction) => {
      const teamId = await getTeamId(transaction, organizationId, team)
      await change(transaction, { teamId, organizationId, accountId })
      await this.#audit(transaction, viewer, { organizationId, action, team, detail: { account } })
    })
  }

  async #requireOwned(viewer: Viewer, name: string): Promise<number> {
    const need = { name, role: 'owner', action: 'change teams' } as const
    return (await requireOrganization(this.#database.db, viewer, need)).id
  }

  async #getAccountId(name: string): Promise<number> {
    const account = await findAccountRecord(this.#database.db, { name })
    if (!account) throw noSuch('account', name)
    return account.id
  }

  async #audit(
    transaction: CatalogWriter,
    viewer: Viewer,
    entry: { organizationId: number; action: string; team: string; detail?: Record<string, string> },
  ): Promise<void> {
    const { organizationId: namespaceId, action, team: subject, detail = {} } = entry
    await insertAudit(this.#database, transaction, { namespaceId, action, subject, by: viewer, detail })
  }
}

/** `name` may be any text. */
async function getTeamId(db: CatalogReader, organizationId: number, name: string): Promise<number> {
  const id = isNamespaceName(name) ? await findTeamId(db, organizationId, name) : undefined
  if (id === undefined) throw noSuch('team', name)
  return id
}
