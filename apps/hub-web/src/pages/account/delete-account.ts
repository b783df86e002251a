import {
  accountOf,
  page,
  redirect,
  type PageReply,
  type PageRequest,
  type Reply,
} from '../../http/page-request.ts'
import { endSession } from '../../http/session-cookie.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { PasswordField } from '../../ui/field.ts'
import { Form } from '../../ui/form.ts'
import { checkConfirmation, ConfirmationField } from '../confirmation.ts'
import { RefusedNotice, submitted, type Refused } from '../submitted.ts'
import { SettingsFrame } from './settings-frame.ts'

export const showDeleteAccount = (request: PageRequest): PageReply => draw(request)

export function deleteAccount(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, form } = request
  return submitted(form, {
    act: async () => {
      checkConfirmation(form, accountOf(request).name)
      await catalog.accounts.deleteAccount(viewer, form.get('password') ?? '')
      await endSession(request)
      return redirect(paths.home(), 'account-deleted')
    },
    again: (refused) => draw(request, refused),
  })
}

function draw(request: PageRequest, refused?: Refused): PageReply {
  const { name } = accountOf(request)
  return page(
    'Delete account',
    SettingsFrame({
      part: 'delete',
      children: html`<h2>Delete account</h2>
        <p>Your repositories and all their images go with it. None of it can be brought back.</p>
        ${RefusedNotice(refused)}
        ${Form({
          request,
          action: paths.settings('delete'),
          class: 'stack',
          children: html`${ConfirmationField(name)} ${PasswordField({ autocomplete: 'current-password' })}
            <p class="actions"><button class="button bad">Delete my account</button></p>`,
        })}`,
    }),
  )
}
