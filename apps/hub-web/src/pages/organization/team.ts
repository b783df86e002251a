import { CodedError } from '@berth/stdx'
import { page, redirect, type PageReply, type PageRequest, type Reply } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { TextField } from '../../ui/field.ts'
import { Form } from '../../ui/form.ts'
import { Rows } from '../../ui/rows.ts'
import { required } from '../form-values.ts'
import { RefusedNotice, submitted, type Refused } from '../submitted.ts'
import { getOwnOrganization, OrganizationFrame } from './organization-frame.ts'

export const showTeam = (request: PageRequest): Promise<PageReply> => draw(request)

export function addTeamMember(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, form } = request
  const { organization, team } = namesOf(request)
  return submitted(form, {
    act: async () => {
      const account = required(form, 'account')
      await catalog.organizations.addTeamMember(viewer, organization, { team, account })
      return redirect(paths.team(organization, team), 'member-set')
    },
    again: (refused) => draw(request, refused),
  })
}

export async function removeTeamMember(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, form } = request
  const { organization, team } = namesOf(request)
  const account = required(form, 'account')
  await catalog.organizations.removeTeamMember(viewer, organization, { team, account })
  return redirect(paths.team(organization, team), 'member-removed')
}

export async function deleteTeam(request: PageRequest): Promise<Reply> {
  const { organization, team } = namesOf(request)
  await request.catalog.organizations.deleteTeam(request.viewer, organization, team)
  return redirect(paths.organization(organization, 'teams'), 'team-deleted')
}

function namesOf({ params }: PageRequest): { organization: string; team: string } {
  return { organization: params['organization'] ?? '', team: params['team'] ?? '' }
}

async function draw(request: PageRequest, refused?: Refused): Promise<PageReply> {
  const { catalog, viewer } = request
  const organization = await getOwnOrganization(request)
  const { team: name } = namesOf(request)
  const team = (await catalog.organizations.listTeams(viewer, organization.name)).find(
    (each) => each.name === name,
  )
  if (!team) throw new CodedError('not-found', `There is no team ${name}.`)
  const accounts = await catalog.organizations.listTeamMembers(viewer, organization.name, name)
  const isOwner = organization.role === 'owner'
  return page(
    `${name} of ${organization.name}`,
    OrganizationFrame({
      organization,
      part: 'teams',
      children: html`<h2>${name}</h2>
        ${team.description && html`<p class="muted">${team.description}</p>`} ${RefusedNotice(refused)}
        ${Rows({
          rows: accounts.map(
            (account) =>
              html`<li class="row" key=${account}>
                <a class="strong" href=${paths.namespace(account)}>${account}</a>
                ${isOwner && RemoveMember(request, account)}
              </li>`,
          ),
          empty: 'Nobody is in it yet.',
        })}
        ${isOwner && OwnersPart(request, refused)}`,
    }),
  )
}

function RemoveMember(request: PageRequest, account: string) {
  const { organization, team } = namesOf(request)
  return Form({
    request,
    action: paths.team(organization, team, 'remove'),
    children: html`<input type="hidden" name="account" value=${account} />
      <button class="button quiet small" aria-label=${`Remove ${account}`}>Remove</button>`,
  })
}

function OwnersPart(request: PageRequest, refused: Refused | undefined) {
  const { organization, team } = namesOf(request)
  return html`<section class="panel">
      <h3>Add a member</h3>
      <p class="muted">
        Members of ${organization} only. Give the team rights on a repository’s page, under Collaborators.
      </p>
      ${Form({
        request,
        action: paths.team(organization, team, 'add'),
        class: 'inline',
        children: html`${TextField({
            name: 'account',
            label: 'Account',
            value: refused?.form.get('account') ?? '',
            isRequired: true,
          })} <button class="button">Add</button>`,
      })}
    </section>
    <details class="danger">
      <summary>Delete this team</summary>
      <p>Its members lose what it gave them.</p>
      ${Form({
        request,
        action: paths.team(organization, team, 'delete'),
        children: html`<button class="button bad">Delete ${team}</button>`,
      })}
    </details>`
}
