import { CodedError } from '@berth/stdx'
import {
  accountOf,
  page,
  redirect,
  type PageReply,
  type PageRequest,
  type Reply,
} from '../../http/page-request.ts'
import { startSession } from '../../http/session-cookie.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { PasswordField } from '../../ui/field.ts'
import { Form } from '../../ui/form.ts'
import { RefusedNotice, submitted, type Refused } from '../submitted.ts'
import { SettingsFrame } from './settings-frame.ts'

export const showPassword = (request: PageRequest): PageReply => draw(request)

export function changePassword(request: PageRequest): Promise<Reply> {
  const { catalog, site, viewer, form } = request
  return submitted(form, {
    act: async () => {
      const next = form.get('next-password') ?? ''
      if (next !== form.get('repeated')) throw new CodedError('invalid-argument', 'The new passwords differ.')
      await catalog.accounts.changePassword(viewer, { current: form.get('current') ?? '', next })
      // Every session has ended, this one too.
      const login = await site.signIn(accountOf(request).name, next, viewer.address)
      if (login) await startSession(request, login)
      return redirect(paths.settings('password'), 'password-changed')
    },
    again: (refused) => draw(request, refused),
  })
}

function draw(request: PageRequest, refused?: Refused): PageReply {
  return page(
    'Password',
    SettingsFrame({
      part: 'password',
      children: html`<h2>Password</h2>
        <p class="muted">A new one signs out every other browser and program. Access tokens stay.</p>
        ${RefusedNotice(refused)}
        ${Form({
          request,
          action: paths.settings('password'),
          class: 'stack',
          children: html`<input
              type="hidden"
              name="username"
              autocomplete="username"
              value=${accountOf(request).name}
            />
            ${PasswordField({ name: 'current', label: 'Password now', autocomplete: 'current-password' })}
            ${PasswordField({ name: 'next-password', label: 'New password', autocomplete: 'new-password' })}
            ${PasswordField({ name: 'repeated', label: 'New password again', autocomplete: 'new-password' })}
            <p class="actions"><button class="button">Change password</button></p>`,
        })}`,
    }),
  )
}
