import type { BuildRequest, Repository } from '@berth/catalog'
import { page, type PageReply, type PageRequest } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { Copyable } from '../../ui/copyable.ts'
import { Moment } from '../../ui/quantities.ts'
import { Rows } from '../../ui/rows.ts'
import { RepositoryFrame } from './repository-frame.ts'

/** Where a repository is built from, and what asked for a build. */
export async function showBuilds(request: PageRequest): Promise<PageReply> {
  const { catalog, viewer, params } = request
  const repository = await catalog.repositories.getRepository(viewer, params['name'] ?? '')
  const { name, source } = repository
  const trigger = source === undefined ? undefined : await catalog.webhooks.getBuildTrigger(viewer, name)
  const requests = trigger ? await catalog.webhooks.listBuildRequests(viewer, name) : []
  return page(
    `Builds of ${name}`,
    RepositoryFrame({
      request,
      repository,
      part: 'builds',
      children: html`<div class="narrow-page">
        <h2>Automated builds</h2>
        ${trigger ? Trigger(request, { source, trigger, requests }) : NoSource(repository)}
      </div>`,
    }),
  )
}

interface Building {
  source: string | undefined
  trigger: { secret: string }
  requests: readonly BuildRequest[]
}

function Trigger({ origin }: PageRequest, { source, trigger, requests }: Building) {
  return html`<p class="break">Built from ${source}.</p>
    <section class="panel">
      <h3>For your git host</h3>
      <p class="muted">Have it call this address after each push. Who knows it can ask for builds.</p>
      ${Copyable({
        id: 'build-trigger',
        label: 'the address of the build trigger',
        text: `${origin}/api/build/${trigger.secret}`,
      })}
    </section>
    <h3>Asked for</h3>
    ${Rows({ rows: requests.map(RequestRow), empty: 'No build has been asked for yet.' })}`
}

function NoSource({ name }: Repository) {
  return html`<div class="empty">
    <p>No source is named.</p>
    <p><a href=${paths.repositoryPart(name, 'settings')}>Name the git repository</a> it is built from.</p>
  </div>`
}

function RequestRow({ id, ref, requestedAt }: BuildRequest) {
  return html`<li class="row" key=${id}>
    <span class="mono break">${ref ?? 'the default branch'}</span>${Moment({ at: requestedAt })}
  </li>`
}
