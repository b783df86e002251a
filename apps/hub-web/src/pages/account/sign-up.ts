import { CodedError } from '@berth/stdx'
import { page, redirect, type PageReply, type PageRequest, type Reply } from '../../http/page-request.ts'
import { startSession } from '../../http/session-cookie.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { EmailField, PasswordField, TextField } from '../../ui/field.ts'
import { Form } from '../../ui/form.ts'
import { textOf } from '../form-values.ts'
import { RefusedNotice, submitted, type Refused } from '../submitted.ts'

export function showSignUp(request: PageRequest): Reply {
  if (request.viewer.account) return redirect(paths.home())
  refuseWhenClosed(request)
  return draw(request)
}

export function signUp(request: PageRequest): Promise<Reply> {
  const { site, form, viewer } = request
  refuseWhenClosed(request)
  return submitted(form, {
    act: async () => {
      const name = textOf(form, 'name')
      const password = form.get('password') ?? ''
      await site.signUp({ name, email: textOf(form, 'email'), password }, viewer.address)
      const login = await site.signIn(name, password, viewer.address)
      if (!login) throw new CodedError('unavailable', 'The account is there. Please sign in.')
      await startSession(request, login)
      return redirect(paths.home(), 'welcome')
    },
    again: (refused) => draw(request, refused),
  })
}

function refuseWhenClosed({ site }: PageRequest): void {
  if (site.isSignUpOpen) return
  throw new CodedError('forbidden', 'This hub takes no sign-ups.', {
    hint: 'Ask who runs it for an account.',
  })
}

function draw(request: PageRequest, refused?: Refused): PageReply {
  const { registryHost } = request
  return page(
    'Sign up',
    html`<section class="sheet-page">
      <h1>Make an account</h1>
      ${RefusedNotice(refused)}
      ${Form({
        request,
        action: paths.signUp(),
        class: 'stack',
        children: html`${TextField({
            name: 'name',
            label: 'Name',
            value: refused?.form.get('name') ?? '',
            autocomplete: 'username',
            isRequired: true,
            maxlength: 30,
            hint: html`Your images will be called <code>${registryHost}/name/image</code>. Small letters and
              digits.`,
          })}
          ${EmailField({ value: refused?.form.get('email') ?? '' })}
          ${PasswordField({ autocomplete: 'new-password', hint: 'Long is good: a few words do.' })}
          <p class="actions"><button class="button wide-button">Sign up</button></p>`,
      })}
      <p class="muted">Already here? <a href=${paths.signIn()}>Sign in</a></p>
    </section>`,
  )
}
