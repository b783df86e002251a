import type { Tag } from '@berth/catalog'
import { page, type PageReply, type PageRequest } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { formatPlatform } from '../../ui/format-platform.ts'
import { pageOf, Pager } from '../../ui/pager.ts'
import { formatSize, Moment } from '../../ui/quantities.ts'
import { Rows } from '../../ui/rows.ts'
import { shortDigest } from '../../ui/short-digest.ts'
import { RepositoryFrame } from './repository-frame.ts'

const pageSize = 20
const platformsShownMax = 6

export async function showTags(request: PageRequest): Promise<PageReply> {
  const { catalog, viewer, params, query } = request
  const repository = await catalog.repositories.getRepository(viewer, params['name'] ?? '')
  const filter = (query.get('q') ?? '').trim().slice(0, 128)
  const { name } = repository
  const path = paths.repositoryPart(name, 'tags')
  const listed = await catalog.images.listTags(viewer, name, { page: pageOf(query), size: pageSize, filter })
  return page(
    `Tags of ${name}`,
    RepositoryFrame({
      request,
      repository,
      part: 'tags',
      children: html`<form class="toolbar" action=${path} data-live="tags">
          <label class="for-readers" for="filter">Part of a tag’s name</label>
          <input
            id="filter"
            type="search"
            name="q"
            value=${filter}
            placeholder="Filter tags"
            autocomplete="off"
          />
          <button class="button quiet">Filter</button>
        </form>
        <section id="tags" aria-label="Tags">
          ${Rows({
            rows: listed.entries.map((tag) => TagRow(name, tag)),
            empty: filter === '' ? 'No tags yet.' : 'No tag has that in its name.',
          })}
          ${Pager({ path, query, count: listed.count, size: pageSize })}
        </section>`,
    }),
  )
}

function TagRow(name: string, tag: Tag) {
  return html`<li class="row tag-row" key=${tag.name}>
    <div>
      <h2 class="card-title"><a class="mono" href=${paths.tag(name, tag.name)}>${tag.name}</a></h2>
      <p class="facts">
        <span>Pushed ${Moment({ at: tag.updatedAt })}</span>
        ${tag.updatedBy !== undefined && html`<span>by ${tag.updatedBy}</span>`}
      </p>
    </div>
    <p class="chips" aria-label="Platforms">
      ${tag.images
        .slice(0, platformsShownMax)
        .map(
          (image) =>
            html`<a class="chip" key=${image.digest} href=${paths.image(name, image.digest)}
              >${formatPlatform(image)}</a
            >`,
        )}
      ${
        tag.images.length > platformsShownMax &&
        html`<a class="chip" href=${paths.tag(name, tag.name)}
          >${tag.images.length - platformsShownMax} more</a
        >`
      }
    </p>
    <p class="tag-facts">
      <span>${formatSize(tag.sizeBytes)}</span>
      <code class="muted" title=${tag.digest}>${shortDigest(tag.digest)}</code>
    </p>
  </li>`
}
