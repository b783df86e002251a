import { paths, type SettingsPart } from '../../paths.ts'
import { html, type ComponentChildren } from '../../rendering/html.ts'

const parts: { part: SettingsPart | undefined; label: string }[] = [
  { part: undefined, label: 'Profile' },
  { part: 'password', label: 'Password' },
  { part: 'tokens', label: 'Access tokens' },
  { part: 'sessions', label: 'Sessions' },
  { part: 'audit', label: 'Audit log' },
  { part: 'delete', label: 'Delete account' },
]

export interface SettingsFrameProps {
  part?: SettingsPart
  children: ComponentChildren
}

/** What stands beside every page of an account's settings. */
export function SettingsFrame({ part, children }: SettingsFrameProps) {
  return html`<div class="page-head"><h1>Settings</h1></div>
    <div class="split">
      <nav class="side" aria-label="Settings">
        ${parts.map(
          ({ part: each, label }) =>
            html`<a
              key=${label}
              href=${paths.settings(each)}
              aria-current=${each === part ? 'page' : undefined}
              >${label}</a
            >`,
        )}
      </nav>
      <div>${children}</div>
    </div>`
}
