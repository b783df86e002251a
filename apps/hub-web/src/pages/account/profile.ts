import {
  accountOf,
  page,
  redirect,
  type PageReply,
  type PageRequest,
  type Reply,
} from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { EmailField, TextField } from '../../ui/field.ts'
import { Form } from '../../ui/form.ts'
import { textOf } from '../form-values.ts'
import { RefusedNotice, submitted, type Refused } from '../submitted.ts'
import { SettingsFrame } from './settings-frame.ts'

export const showProfile = (request: PageRequest): PageReply => draw(request)

export function saveProfile(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, form } = request
  return submitted(form, {
    act: async () => {
      await catalog.accounts.updateProfile(viewer, {
        fullName: textOf(form, 'fullName'),
        email: textOf(form, 'email'),
      })
      return redirect(paths.settings(), 'saved')
    },
    again: (refused) => draw(request, refused),
  })
}

function draw(request: PageRequest, refused?: Refused): PageReply {
  const account = accountOf(request)
  return page(
    'Profile',
    SettingsFrame({
      children: html`<h2>Profile</h2>
        ${RefusedNotice(refused)}
        <p class="muted">You are <strong>${account.name}</strong>, on the ${account.plan} plan.</p>
        ${Form({
          request,
          action: paths.settings(),
          class: 'stack',
          children: html`${TextField({
              name: 'fullName',
              label: 'Full name',
              value: refused?.form.get('fullName') ?? account.fullName,
              autocomplete: 'name',
              maxlength: 100,
              hint: 'Shown on your page.',
            })}
            ${EmailField({ value: refused?.form.get('email') ?? account.email })}
            <p class="actions"><button class="button">Save</button></p>`,
        })}`,
    }),
  )
}
