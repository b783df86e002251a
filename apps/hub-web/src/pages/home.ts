import type { SearchResult } from '@berth/catalog'
import { page, type PageReply, type PageRequest } from '../http/page-request.ts'
import { paths } from '../paths.ts'
import { html } from '../rendering/html.ts'
import { FirstPush } from '../ui/first-push.ts'
import { Icon } from '../ui/icon.ts'
import { RepositoryList } from '../ui/repository-list.ts'

/** Two rows of three on a wide screen. */
const shownMax = 6

/** The start: for strangers what this place is, for others what is theirs, for the very first how to begin. */
export async function showHome(request: PageRequest): Promise<PageReply> {
  const { catalog, viewer } = request
  if (viewer.account) return showOwnHome(request)
  if (!(await catalog.accounts.hasAccounts())) return showFirstRun(request)
  const popular = await findMostStarred(request)
  return page(
    'Find and share container images',
    html`<section class="hero">
        <h1>Find images. Share yours.</h1>
        <p class="lead">A place for container images, kept by the people who use it.</p>
        <form class="search large" role="search" action=${paths.search()}>
          <label class="for-readers" for="search">Search images</label>
          ${Icon({ name: 'search' })}
          <input
            id="search"
            type="search"
            name="q"
            placeholder="nginx, postgres, your team’s app"
            autocomplete="off"
            maxlength="100"
          />
          <button class="button">Search</button>
        </form>
      </section>
      ${MostStarred(popular)}`,
  )
}

async function showOwnHome(request: PageRequest): Promise<PageReply> {
  const { catalog, viewer } = request
  const name = viewer.account?.name ?? ''
  const [own, popular] = await Promise.all([
    catalog.repositories.listRepositories(viewer, name, {
      page: 1,
      size: shownMax,
      ordering: '-last_updated',
    }),
    findMostStarred(request),
  ])
  return page(
    'Start',
    html`<div class="page-head">
        <h1>Hello, ${viewer.account?.fullName || name}</h1>
      </div>
      <section>
        <div class="section-head">
          <h2>Your repositories</h2>
          ${own.count > 0 && html`<a href=${paths.repositories()}>All ${own.count}</a>`}
        </div>
        ${RepositoryList({
          repositories: own.entries,
          level: 3,
          isAbreast: true,
          empty: FirstPush(request, name),
        })}
      </section>
      ${MostStarred(popular)}`,
  )
}

/** What everyone sees, also for who sees more. */
async function findMostStarred({ catalog, viewer }: PageRequest): Promise<SearchResult[]> {
  const stranger = { ...viewer, account: undefined, tokenId: undefined, scope: 'repo:public_read' } as const
  const query = { text: '', ordering: '-star_count', page: 1, size: shownMax } as const
  return (await catalog.repositories.search(stranger, query)).entries
}

function MostStarred(repositories: readonly SearchResult[]) {
  return html`<section>
    <div class="section-head">
      <h2>Most starred</h2>
      <a href=${paths.search()}>All images</a>
    </div>
    ${RepositoryList({
      repositories,
      level: 3,
      isAbreast: true,
      empty: html`<p>Nobody has shared an image yet. Sign in and push the first.</p>`,
    })}
  </section>`
}

function showFirstRun({ site }: PageRequest): PageReply {
  const { isSignUpOpen, firstAccountIsAdministrator } = site
  return page(
    'Welcome',
    html`<section class="stand-alone">
      <p class="eyebrow">A new hub</p>
      <h1>Welcome aboard</h1>
      <p class="lead">
        The hub runs, and nobody has an account yet.
        ${firstAccountIsAdministrator && isSignUpOpen && ' Who signs up first is its administrator: make that you.'}
      </p>
      ${
        !firstAccountIsAdministrator &&
        html`<p>Make the administrator on the machine that the hub runs on:</p>
          <pre tabindex="0"><code>berth-hub admin create --name ada --email ada@example.com</code></pre>`
      }
      ${
        isSignUpOpen &&
        html`<p class="actions">
          <a class="button" href=${paths.signUp()}>Make the first account</a>
          <a class="button quiet" href=${paths.search()}>See what is there</a>
        </p>`
      }
    </section>`,
  )
}
