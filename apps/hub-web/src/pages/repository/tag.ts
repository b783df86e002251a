import type { Referrer, Tag } from '@berth/catalog'
import { page, redirect, type PageReply, type PageRequest, type Reply } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { Copyable } from '../../ui/copyable.ts'
import { Form } from '../../ui/form.ts'
import { formatPlatform } from '../../ui/format-platform.ts'
import { LabelList } from '../../ui/label-list.ts'
import { formatSize, Moment } from '../../ui/quantities.ts'
import { Rows } from '../../ui/rows.ts'
import { shortDigest } from '../../ui/short-digest.ts'
import { RepositoryFrame } from './repository-frame.ts'

const annotationsShownMax = 20

export async function showTag(request: PageRequest): Promise<PageReply> {
  const { catalog, viewer, params, registryHost } = request
  const repository = await catalog.repositories.getRepository(viewer, params['name'] ?? '')
  const { name } = repository
  const tag = await catalog.images.getTag(viewer, name, params['tag'] ?? '')
  const referrers = await catalog.images.listReferrers(viewer, name, tag.digest)
  return page(
    `${name}:${tag.name}`,
    RepositoryFrame({
      request,
      repository,
      part: 'tags',
      children: html`<section class="panel">
          <h2 class="mono">${tag.name}</h2>
          <p class="facts">
            <span>${formatSize(tag.sizeBytes)} compressed</span>
            <span>Pushed ${Moment({ at: tag.updatedAt })}</span>
            ${tag.updatedBy !== undefined && html`<span>by ${tag.updatedBy}</span>`}
          </p>
          ${Copyable({
            id: 'pull-command',
            label: 'the pull command',
            text: `docker pull ${registryHost}/${name}:${tag.name}`,
          })}
          <h3>Digest</h3>
          ${Copyable({ id: 'digest', label: 'the digest', text: tag.digest })}
        </section>
        ${Platforms(name, tag)} ${Referrers(referrers)}
        ${repository.permission === 'admin' && DeleteTag(request, { name, tag: tag.name })}`,
    }),
  )
}

export async function deleteTag({ catalog, viewer, params }: PageRequest): Promise<Reply> {
  const { name = '', tag = '' } = params
  await catalog.images.deleteTag(viewer, name, tag)
  return redirect(paths.repositoryPart(name, 'tags'), 'tag-deleted')
}

function Platforms(name: string, { images }: Tag) {
  return html`<section>
    <div class="section-head"><h2>Platforms</h2></div>
    ${Rows({
      rows: images.map(
        (image) =>
          html`<li class="row" key=${image.digest}>
            <a class="strong" href=${paths.image(name, image.digest)}>${formatPlatform(image)}</a>
            <code class="muted" title=${image.digest}>${shortDigest(image.digest)}</code>
            <span>${formatSize(image.sizeBytes)}</span>
          </li>`,
      ),
      empty: 'This is no image that runs on a platform.',
    })}
  </section>`
}

function Referrers(referrers: readonly Referrer[]) {
  if (referrers.length === 0) return null
  return html`<section>
    <div class="section-head"><h2>Attached to it</h2></div>
    <p class="muted">Signatures, bills of materials and other artifacts that name this digest.</p>
    <ul class="rows">
      ${referrers.map(
        ({ digest, artifactType, mediaType, sizeBytes, annotations }) =>
          html`<li class="row" key=${digest}>
            <span class="break strong">${artifactType ?? mediaType}</span>
            <code class="muted" title=${digest}>${shortDigest(digest)}</code>
            <span>${formatSize(sizeBytes)}</span>
            ${LabelList(Object.entries(annotations).slice(0, annotationsShownMax))}
          </li>`,
      )}
    </ul>
  </section>`
}

function DeleteTag(request: PageRequest, of: { name: string; tag: string }) {
  return html`<details class="danger">
    <summary>Delete this tag</summary>
    <p>The name goes. Images that no other tag names are freed after a while.</p>
    ${Form({
      request,
      action: paths.deleteTag(of.name, of.tag),
      children: html`<button class="button bad">Delete ${of.tag}</button>`,
    })}
  </details>`
}
