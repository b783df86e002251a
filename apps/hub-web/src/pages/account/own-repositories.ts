import { accountOf, page, type PageReply, type PageRequest } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { FirstPush } from '../../ui/first-push.ts'
import { pageOf, Pager } from '../../ui/pager.ts'
import { RepositoryList } from '../../ui/repository-list.ts'

const pageSize = 20

export async function showOwnRepositories(request: PageRequest): Promise<PageReply> {
  const { catalog, viewer, query } = request
  const { name } = accountOf(request)
  const filter = (query.get('q') ?? '').trim().slice(0, 100)
  const listed = await catalog.repositories.listRepositories(viewer, name, {
    page: pageOf(query),
    size: pageSize,
    ordering: '-last_updated',
    ...(filter !== '' && { filter }),
  })
  const path = paths.repositories()
  return page(
    'Your repositories',
    html`<div class="page-head"><h1>Your repositories</h1></div>
      <form class="toolbar" action=${path} data-live="repositories">
        <label class="for-readers" for="filter">Part of a name</label>
        <input id="filter" type="search" name="q" value=${filter} placeholder="Filter" autocomplete="off" />
        <button class="button quiet">Filter</button>
      </form>
      <div id="repositories">
        ${RepositoryList({
          repositories: listed.entries,
          empty: filter === '' ? FirstPush(request, name) : html`<p>None of yours has that in its name.</p>`,
        })}
        ${Pager({ path, query, count: listed.count, size: pageSize })}
      </div>`,
  )
}

export async function showStarred(request: PageRequest): Promise<PageReply> {
  const { catalog, viewer, query } = request
  const listed = await catalog.repositories.listStarred(viewer, accountOf(request).name, {
    page: pageOf(query),
    size: pageSize,
  })
  return page(
    'Stars',
    html`<div class="page-head"><h1>Stars</h1></div>
      ${RepositoryList({
        repositories: listed.entries,
        empty: html`<p>What you star is kept here.</p>
          <p><a href=${paths.search()}>Look around</a></p>`,
      })}
      ${Pager({ path: paths.starred(), query, count: listed.count, size: pageSize })}`,
  )
}
