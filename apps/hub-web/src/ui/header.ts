import type { Account } from '@berth/catalog'
import type { PageRequest } from '../http/page-request.ts'
import { nextTheme } from '../http/theme.ts'
import { paths } from '../paths.ts'
import { html } from '../rendering/html.ts'
import { Form } from './form.ts'
import { Icon } from './icon.ts'
import { Logo } from './logo.ts'

/** The top of every page: where one is, search, and what is the viewer's. */
export function Header(request: PageRequest) {
  const { account } = request.viewer
  return html`<header class="header">
    <div class="bar">
      <a class="brand" href=${paths.home()}>${Logo()}<span>Berth Hub</span></a>
      ${SearchBox(request)}
      <nav class="links" aria-label="Account">
        ${ThemeButton(request)} ${account ? AccountLinks(account, request) : StrangerLinks(request)}
      </nav>
    </div>
  </header>`
}

/** The start page has its own, larger one. */
function SearchBox({ path, query, viewer }: PageRequest) {
  if (path === paths.home() && !viewer.account) return html`<span class="search" />`
  const isSearch = path.split('?', 1)[0] === paths.search()
  return html`<form class="search" role="search" action=${paths.search()}>
    <label class="for-readers" for="search">Search images</label>
    ${Icon({ name: 'search' })}
    <input
      id="search"
      type="search"
      name="q"
      value=${isSearch ? (query.get('q') ?? '') : ''}
      placeholder="Search images"
      autocomplete="off"
      maxlength="100"
    />
  </form>`
}

const themeWords = { auto: 'as the system has it', light: 'light', dark: 'dark' }

function ThemeButton(request: PageRequest) {
  const { theme, method, path } = request
  const label = `Colours: ${themeWords[theme]}. Change to ${themeWords[nextTheme(theme)]}`
  return html`<form method="post" action=${paths.theme()}>
    <input type="hidden" name="theme" value=${nextTheme(theme)} />
    <input type="hidden" name="next" value=${method === 'POST' ? paths.home() : path} />
    <button class="round" title=${label} aria-label=${label}>${Icon({ name: theme })}</button>
  </form>`
}

function StrangerLinks({ path, method, site }: PageRequest) {
  const next = method === 'POST' || path === paths.home() || /^\/sign(in|up)/.test(path) ? undefined : path
  return html`<a class="link" href=${paths.signIn(next)}>Sign in</a>
    ${site.isSignUpOpen && html`<a class="button small" href=${paths.signUp()}>Sign up</a>`}`
}

function AccountLinks(account: Account, request: PageRequest) {
  return html`<a class="button small" href=${paths.newRepository()}>
      ${Icon({ name: 'plus' })}<span class="wide">New repository</span><span class="narrow">New</span>
    </a>
    <details class="menu">
      <summary>
        <span class="avatar" aria-hidden="true">${account.name.slice(0, 1).toUpperCase()}</span>
        <span class="for-readers">Account of </span><span class="wide">${account.name}</span>
      </summary>
      <div class="sheet">
        <a href=${paths.namespace(account.name)}>Your page</a>
        <a href=${paths.repositories()}>Your repositories</a>
        <a href=${paths.starred()}>Stars</a>
        <a href=${paths.organizations()}>Organizations</a>
        <a href=${paths.settings()}>Settings</a>
        ${account.isAdministrator && html`<a href=${paths.accounts()}>Accounts of this hub</a>`}
        ${Form({ request, action: paths.signOut(), children: html`<button>Sign out</button>` })}
      </div>
    </details>`
}
