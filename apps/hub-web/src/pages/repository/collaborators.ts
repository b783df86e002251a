import type { Repository, RepositoryPermission, Team } from '@berth/catalog'
import { CodedError } from '@berth/stdx'
import { page, redirect, type PageReply, type PageRequest, type Reply } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { SelectField, TextField } from '../../ui/field.ts'
import { Form } from '../../ui/form.ts'
import { Rows } from '../../ui/rows.ts'
import { required } from '../form-values.ts'
import { RefusedNotice, submitted, type Refused } from '../submitted.ts'
import { RepositoryFrame } from './repository-frame.ts'

const permissions: { value: RepositoryPermission; label: string }[] = [
  { value: 'read', label: 'Read: pull' },
  { value: 'write', label: 'Write: pull and push' },
  { value: 'admin', label: 'Admin: settings and deletion, too' },
]

interface Holder {
  kind: 'account' | 'team'
  name: string
  permission: RepositoryPermission
}

export const showCollaborators = (request: PageRequest): Promise<PageReply> => draw(request)

/** Gives rights to an account or a team, or takes them away. */
export function setCollaborator(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, params, form } = request
  const { name = '' } = params
  return submitted(form, {
    act: async () => {
      const permission = parsePermission(form.get('permission'))
      const holder = required(form, 'holder')
      if (form.get('kind') === 'team')
        await catalog.organizations.setTeamPermission(viewer, name, { team: holder, permission })
      else await catalog.repositories.setCollaborator(viewer, name, { account: holder, permission })
      const notice = permission === undefined ? 'collaborator-removed' : 'collaborator-set'
      return redirect(paths.repositoryPart(name, 'collaborators'), notice)
    },
    again: (refused) => draw(request, refused),
  })
}

/** `none` takes rights away; nothing else that is unknown may. */
function parsePermission(text: string | null): RepositoryPermission | undefined {
  if (text === 'none') return undefined
  const known = permissions.find(({ value }) => value === text)
  if (!known) throw new CodedError('invalid-argument', 'Please choose what they may do.')
  return known.value
}

async function draw(request: PageRequest, refused?: Refused): Promise<PageReply> {
  const { catalog, viewer, params } = request
  const repository = await catalog.repositories.getRepository(viewer, params['name'] ?? '')
  const { name } = repository
  const [accounts, teams] = await Promise.all([
    catalog.repositories.listCollaborators(viewer, name),
    findTeams(request, repository),
  ])
  const holders = [
    ...accounts.map(({ account, permission }): Holder => ({ kind: 'account', name: account, permission })),
    ...(teams?.permissions ?? []).map(({ team, permission }): Holder => ({
      kind: 'team',
      name: team,
      permission,
    })),
  ]
  return page(
    `Collaborators of ${name}`,
    RepositoryFrame({
      request,
      repository,
      part: 'collaborators',
      children: html`<div class="narrow-page">
        <h2>Who else may use it</h2>
        ${RefusedNotice(refused)}
        ${Rows({
          rows: holders.map((holder) => HolderRow(request, { name, holder })),
          empty: 'Nobody yet, besides its owner.',
        })}
        ${AddHolder(request, { name, teams: undefined, refused })}
        ${teams && teams.all.length > 0 && AddHolder(request, { name, teams: teams.all, refused: undefined })}
      </div>`,
    }),
  )
}

/** The teams of the organization that the repository belongs to; undefined when an account owns it. */
async function findTeams({ catalog, viewer }: PageRequest, { name }: Repository) {
  const namespace = name.split('/', 1)[0] ?? ''
  const organization = await catalog.organizations.findOrganization(namespace)
  if (!organization) return undefined
  const [all, permissions] = await Promise.all([
    catalog.organizations.listTeams(viewer, namespace),
    catalog.organizations.listTeamPermissions(viewer, name),
  ])
  return { all, permissions }
}

function HolderRow(request: PageRequest, { name, holder }: { name: string; holder: Holder }) {
  return html`<li class="row" key=${`${holder.kind} ${holder.name}`}>
    <span class="strong"
      >${holder.name}${holder.kind === 'team' && html` <span class="mark">Team</span>`}</span
    >
    <span class="muted">${holder.permission}</span>
    ${Form({
      request,
      action: paths.repositoryPart(name, 'collaborators'),
      children: html`<input type="hidden" name="kind" value=${holder.kind} />
        <input type="hidden" name="holder" value=${holder.name} />
        <input type="hidden" name="permission" value="none" />
        <button class="button quiet small" aria-label=${`Remove ${holder.name}`}>Remove</button>`,
    })}
  </li>`
}

function AddHolder(
  request: PageRequest,
  { name, teams, refused }: { name: string; teams: Team[] | undefined; refused: Refused | undefined },
) {
  const kind = teams ? 'team' : 'account'
  const holder = teams
    ? SelectField({
        name: 'holder',
        id: 'team-holder',
        label: 'Team',
        value: undefined,
        choices: teams.map((team) => ({ value: team.name, label: team.name })),
      })
    : TextField({
        name: 'holder',
        id: 'account-holder',
        label: 'Account',
        value: refused?.form.get('holder') ?? '',
        isRequired: true,
      })
  return html`<section class="panel">
    <h3>${teams ? 'Add a team' : 'Add somebody'}</h3>
    ${Form({
      request,
      action: paths.repositoryPart(name, 'collaborators'),
      class: 'inline',
      children: html`<input type="hidden" name="kind" value=${kind} />
        ${holder}
        ${SelectField({
          name: 'permission',
          id: `${kind}-permission`,
          label: 'May',
          value: 'read',
          choices: permissions,
        })}
        <button class="button">Add</button>`,
    })}
  </section>`
}
