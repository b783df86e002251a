import { page, redirect, type PageReply, type PageRequest, type Reply } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { Form } from '../../ui/form.ts'
import { Moment } from '../../ui/quantities.ts'
import { required } from '../form-values.ts'
import { describeClient } from './describe-client.ts'
import { SettingsFrame } from './settings-frame.ts'

/** Where one is signed in. */
export async function showSessions(request: PageRequest): Promise<PageReply> {
  const { catalog, viewer, sessionId } = request
  const sessions = await catalog.sessions.listSessions(viewer)
  return page(
    'Sessions',
    SettingsFrame({
      part: 'sessions',
      children: html`<h2>Sessions</h2>
        <p class="muted">
          Browsers and programs that are signed in as you. End what you do not know, then change your
          password.
        </p>
        <ul class="rows">
          ${sessions.map(
            ({ id, address, client, createdAt, lastUsedAt }) =>
              html`<li class="row" key=${id}>
                <div>
                  <span class="strong">${describeClient(client)}</span>
                  ${id === sessionId && html` <span class="mark">This browser</span>`}
                  <p class="facts">
                    <span class="mono">${address || 'unknown address'}</span>
                    <span>Began ${Moment({ at: createdAt })}</span>
                    <span>Last used ${Moment({ at: lastUsedAt })}</span>
                  </p>
                </div>
                ${Form({
                  request,
                  action: paths.settings('sessions'),
                  children: html`<input type="hidden" name="id" value=${id} />
                    <button class="button quiet small" aria-label=${`End the session from ${address}`}>
                      End
                    </button>`,
                })}
              </li>`,
          )}
        </ul>`,
    }),
  )
}

export async function endOneSession({ catalog, viewer, form }: PageRequest): Promise<Reply> {
  await catalog.sessions.endSessionById(viewer, required(form, 'id'))
  return redirect(paths.settings('sessions'), 'session-ended')
}
