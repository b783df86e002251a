import { CodedError } from '@berth/stdx'
import { page, redirect, type PageReply, type PageRequest, type Reply } from '../../http/page-request.ts'
import { returnPath } from '../../http/return-path.ts'
import { endSession, startSession } from '../../http/session-cookie.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { PasswordField, TextField } from '../../ui/field.ts'
import { Form } from '../../ui/form.ts'
import { textOf } from '../form-values.ts'
import { RefusedNotice, submitted, type Refused } from '../submitted.ts'

export function showSignIn(request: PageRequest): Reply {
  if (request.viewer.account) return redirect(returnPath(request.query.get('next'), paths.home()))
  return draw(request)
}

export function signIn(request: PageRequest): Promise<Reply> {
  const { site, form, viewer } = request
  return submitted(form, {
    act: async () => {
      const login = await site.signIn(textOf(form, 'name'), form.get('password') ?? '', viewer.address)
      if (!login)
        throw new CodedError('invalid-argument', 'The name or the password is wrong.', {
          hint: 'Small and capital letters differ in passwords.',
        })
      // What an access token may do is for programs; a browser would do everything with it.
      if (login.scope !== 'repo:admin')
        throw new CodedError('invalid-argument', 'This access token may not be used to sign in here.', {
          hint: 'Sign in with your password.',
        })
      await startSession(request, login)
      return redirect(returnPath(form.get('next'), paths.home()))
    },
    again: (refused) => draw(request, inWords(refused)),
  })
}

/** Limits speak to programs; whoever reads this wants to know what to do. */
function inWords({ form, error }: Refused): Refused {
  if (error.code !== 'unavailable') return { form, error }
  const hint = 'Wait a minute, then try again.'
  return { form, error: new CodedError('unavailable', 'There were too many tries to sign in.', { hint }) }
}

export async function signOut(request: PageRequest): Promise<Reply> {
  await endSession(request)
  return redirect(paths.home(), 'signed-out')
}

function draw(request: PageRequest, refused?: Refused): PageReply {
  const { query, site } = request
  const next = (refused?.form ?? query).get('next')
  return page(
    'Sign in',
    html`<section class="sheet-page">
      <h1>Sign in</h1>
      ${RefusedNotice(refused)}
      ${Form({
        request,
        action: paths.signIn(),
        class: 'stack',
        children: html`${next !== null && html`<input type="hidden" name="next" value=${returnPath(next, '/')} />`}
          ${TextField({
            name: 'name',
            label: 'Name or e-mail address',
            value: refused?.form.get('name') ?? '',
            autocomplete: 'username',
            isRequired: true,
          })}
          ${PasswordField({ autocomplete: 'current-password' })}
          <p class="actions"><button class="button wide-button">Sign in</button></p>`,
      })}
      ${site.isSignUpOpen && html`<p class="muted">No account yet? <a href=${paths.signUp()}>Sign up</a></p>`}
    </section>`,
  )
}
