import { page, redirect, type PageReply, type PageRequest, type Reply } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { TextField } from '../../ui/field.ts'
import { Form } from '../../ui/form.ts'
import { Rows } from '../../ui/rows.ts'
import { required, textOf } from '../form-values.ts'
import { RefusedNotice, submitted, type Refused } from '../submitted.ts'
import type { OwnOrganization } from './organization-frame.ts'

export const showOrganizations = (request: PageRequest): Promise<PageReply> => draw(request)

export function createOrganization(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, form } = request
  return submitted(form, {
    act: async () => {
      const { name } = await catalog.organizations.createOrganization(viewer, {
        name: required(form, 'name'),
        fullName: textOf(form, 'fullName'),
      })
      return redirect(paths.organization(name, 'members'), 'organization-created')
    },
    again: (refused) => draw(request, refused),
  })
}

async function draw(request: PageRequest, refused?: Refused): Promise<PageReply> {
  const { catalog, viewer } = request
  const organizations = await catalog.organizations.listOrganizations(viewer)
  return page(
    'Organizations',
    html`<div class="narrow-page">
      <h1>Organizations</h1>
      <p class="muted">Repositories that several people share.</p>
      ${Rows({ rows: organizations.map(OrganizationRow), empty: 'You belong to none yet.' })}
      <section class="panel">
        <h2>Make an organization</h2>
        ${RefusedNotice(refused)}
        ${Form({
          request,
          action: paths.organizations(),
          class: 'stack',
          children: html`${TextField({
              name: 'name',
              label: 'Name',
              value: refused?.form.get('name') ?? '',
              isRequired: true,
              maxlength: 30,
              hint: 'Its images are called by it. Small letters and digits.',
            })}
            ${TextField({
              name: 'fullName',
              label: 'Full name',
              value: refused?.form.get('fullName') ?? '',
              maxlength: 100,
            })}
            <p class="actions"><button class="button">Create organization</button></p>`,
        })}
      </section>
    </div>`,
  )
}

function OrganizationRow({ name, fullName, role }: OwnOrganization) {
  return html`<li class="row" key=${name}>
    <a class="strong" href=${paths.organization(name, 'members')}>${fullName || name}</a>
    <span class="muted">${name}</span><span class="mark">${role}</span>
  </li>`
}
