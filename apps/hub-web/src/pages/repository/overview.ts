import type { Repository } from '@berth/catalog'
import { page, type PageReply, type PageRequest } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html, type ComponentChildren } from '../../rendering/html.ts'
import { categoryName } from '../../ui/category-name.ts'
import { Copyable } from '../../ui/copyable.ts'
import { Amount, Moment } from '../../ui/quantities.ts'
import { RepositoryFrame } from './repository-frame.ts'

export async function showOverview(request: PageRequest): Promise<PageReply> {
  const { catalog, viewer, params } = request
  const repository = await catalog.repositories.getRepository(viewer, params['name'] ?? '')
  const readme = await findReadme(repository)
  const tags = await catalog.images.listTags(viewer, repository.name, { page: 1, size: 1 })
  return page(
    repository.name,
    RepositoryFrame({
      request,
      repository,
      children: html`<div class="with-aside">
        <section class="prose" aria-label="Description">${Readme(repository, readme)}</section>
        <aside class="facts-column" aria-label="About">
          ${tags.count > 0 ? PullBox(request, repository) : PushBox(request, repository)}
          ${About(repository, tags.count)}
        </aside>
      </div>`,
    }),
  )
}

/** As safe markup. What makes it so takes memory, and is loaded with the first README. */
async function findReadme({ fullDescription }: Repository): Promise<string | undefined> {
  if (fullDescription.trim() === '') return undefined
  const { renderMarkdown } = await import('../../rendering/markdown.ts')
  return renderMarkdown(fullDescription)
}

function Readme({ name, permission }: Repository, readme: string | undefined) {
  if (readme !== undefined) return html`<div dangerouslySetInnerHTML=${{ __html: readme }} />`
  return html`<div class="empty">
    <p>No description yet.</p>
    ${
      permission !== 'read' &&
      html`<p>
        <a href=${paths.repositoryPart(name, 'settings')}>Write one</a>, so that others know what it is for.
      </p>`
    }
  </div>`
}

function PullBox({ registryHost }: PageRequest, { name }: Repository) {
  return html`<section class="panel">
    <h2>Pull</h2>
    ${Copyable({ id: 'pull-command', label: 'the pull command', text: `docker pull ${registryHost}/${name}` })}
  </section>`
}

function PushBox({ registryHost }: PageRequest, { name, permission }: Repository) {
  return html`<section class="panel">
    <h2>Empty so far</h2>
    ${
      permission === 'read'
        ? html`<p class="muted">No image has been pushed yet.</p>`
        : html`<p class="muted">Push the first image:</p>
            ${Copyable({ id: 'push-command', label: 'the push command', text: `docker push ${registryHost}/${name}` })}`
    }
  </section>`
}

function About(repository: Repository, tags: number) {
  const { name, starCount, pullCount, categories, source, createdAt, updatedAt } = repository
  return html`<dl class="about">
    ${Fact('Pulls', Amount({ value: pullCount }))}${Fact('Stars', Amount({ value: starCount }))}
    ${Fact('Tags', html`<a href=${paths.repositoryPart(name, 'tags')}>${Amount({ value: tags })}</a>`)}
    ${Fact('Updated', Moment({ at: updatedAt }))}${Fact('Made', Moment({ at: createdAt }))}
    ${source !== undefined && Fact('Built from', Source(source))}
    ${categories.length > 0 && Categories(categories)}
  </dl>`
}

function Fact(name: string, value: ComponentChildren) {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`
}

function Categories(categories: readonly string[]) {
  const links = categories.map(
    (category) =>
      html`<a class="chip" href=${paths.search(new URLSearchParams({ category }))}
        >${categoryName(category)}</a
      >`,
  )
  return html`<div>
    <dt>Categories</dt>
    <dd class="chips">${links}</dd>
  </div>`
}

/** Only what a browser opens as a page becomes a link. */
function Source(source: string) {
  const text = source.replace(/^https?:\/\//, '')
  return /^https?:\/\//.test(source)
    ? html`<a class="break" rel="nofollow noopener noreferrer" href=${source}>${text}</a>`
    : html`<span class="break">${text}</span>`
}
