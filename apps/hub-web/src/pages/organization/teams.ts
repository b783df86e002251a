import type { Team } from '@berth/catalog'
import { page, redirect, type PageReply, type PageRequest, type Reply } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { TextField } from '../../ui/field.ts'
import { Form } from '../../ui/form.ts'
import { Rows } from '../../ui/rows.ts'
import { required, textOf } from '../form-values.ts'
import { RefusedNotice, submitted, type Refused } from '../submitted.ts'
import { getOwnOrganization, OrganizationFrame } from './organization-frame.ts'

export const showTeams = (request: PageRequest): Promise<PageReply> => draw(request)

export function createTeam(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, params, form } = request
  return submitted(form, {
    act: async () => {
      const { organization = '' } = params
      const { name } = await catalog.organizations.createTeam(viewer, organization, {
        name: required(form, 'name'),
        description: textOf(form, 'description'),
      })
      return redirect(paths.team(organization, name), 'team-created')
    },
    again: (refused) => draw(request, refused),
  })
}

async function draw(request: PageRequest, refused?: Refused): Promise<PageReply> {
  const { catalog, viewer } = request
  const organization = await getOwnOrganization(request)
  const teams = await catalog.organizations.listTeams(viewer, organization.name)
  return page(
    `Teams of ${organization.name}`,
    OrganizationFrame({
      organization,
      part: 'teams',
      children: html`<h2>Teams</h2>
        ${Rows({
          rows: teams.map((team) => TeamRow(organization.name, team)),
          empty: 'No teams yet. A team gets rights on repositories for all its members.',
        })}
        ${organization.role === 'owner' && NewTeam(request, { organization: organization.name, refused })}`,
    }),
  )
}

function TeamRow(organization: string, { name, description, memberCount }: Team) {
  return html`<li class="row" key=${name}>
    <div>
      <a class="strong" href=${paths.team(organization, name)}>${name}</a>
      ${description && html`<p class="muted">${description}</p>`}
    </div>
    <span class="muted">${memberCount === 1 ? 'one member' : `${memberCount} members`}</span>
  </li>`
}

function NewTeam(
  request: PageRequest,
  { organization, refused }: { organization: string; refused: Refused | undefined },
) {
  return html`<section class="panel">
    <h3>Make a team</h3>
    ${RefusedNotice(refused)}
    ${Form({
      request,
      action: paths.organization(organization, 'teams'),
      class: 'stack',
      children: html`${TextField({
          name: 'name',
          label: 'Name',
          value: refused?.form.get('name') ?? '',
          isRequired: true,
          maxlength: 30,
        })}
        ${TextField({
          name: 'description',
          label: 'What it does',
          value: refused?.form.get('description') ?? '',
          maxlength: 100,
        })}
        <p class="actions"><button class="button">Create team</button></p>`,
    })}
  </section>`
}
