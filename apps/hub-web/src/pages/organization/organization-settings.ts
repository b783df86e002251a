import { CodedError } from '@berth/stdx'
import { page, redirect, type PageReply, type PageRequest, type Reply } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { TextField } from '../../ui/field.ts'
import { Form } from '../../ui/form.ts'
import { checkConfirmation, ConfirmationField } from '../confirmation.ts'
import { textOf } from '../form-values.ts'
import { RefusedNotice, submitted, type Refused } from '../submitted.ts'
import { getOwnOrganization, OrganizationFrame } from './organization-frame.ts'

export const showOrganizationSettings = (request: PageRequest): Promise<PageReply> => draw(request)

export function saveOrganization(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, params, form } = request
  const { organization = '' } = params
  return submitted(form, {
    act: async () => {
      const fullName = textOf(form, 'fullName')
      await catalog.organizations.updateOrganization(viewer, organization, { fullName })
      return redirect(paths.organization(organization, 'settings'), 'saved')
    },
    again: (refused) => draw(request, refused),
  })
}

export function deleteOrganization(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, params, form } = request
  const { organization = '' } = params
  return submitted(form, {
    act: async () => {
      checkConfirmation(form, organization)
      await catalog.organizations.deleteOrganization(viewer, organization)
      return redirect(paths.organizations(), 'organization-deleted')
    },
    again: (refused) => draw(request, refused),
  })
}

async function draw(request: PageRequest, refused?: Refused): Promise<PageReply> {
  const organization = await getOwnOrganization(request)
  if (organization.role !== 'owner')
    throw new CodedError('forbidden', `Only owners of ${organization.name} may change its settings.`)
  const { name, fullName } = organization
  return page(
    `Settings of ${name}`,
    OrganizationFrame({
      organization,
      part: 'settings',
      children: html`<h2>Settings</h2>
        ${RefusedNotice(refused)}
        ${Form({
          request,
          action: paths.organization(name, 'settings'),
          class: 'stack',
          children: html`${TextField({ name: 'fullName', label: 'Full name', value: fullName, maxlength: 100 })}
            <p class="actions"><button class="button">Save</button></p>`,
        })}
        <details class="danger">
          <summary>Delete this organization</summary>
          <p>It must have no repositories any more.</p>
          ${Form({
            request,
            action: paths.organization(name, 'delete'),
            class: 'stack',
            children: html`${ConfirmationField(name)}
              <p class="actions"><button class="button bad">Delete the organization</button></p>`,
          })}
        </details>`,
    }),
  )
}
