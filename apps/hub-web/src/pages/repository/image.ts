import type { Image } from '@berth/catalog'
import { parseDigest } from '@berth/oci'
import { page, type PageReply, type PageRequest } from '../../http/page-request.ts'
import { html } from '../../rendering/html.ts'
import { Copyable } from '../../ui/copyable.ts'
import { formatPlatform } from '../../ui/format-platform.ts'
import { LabelList } from '../../ui/label-list.ts'
import { formatSize, Moment } from '../../ui/quantities.ts'
import { shortDigest } from '../../ui/short-digest.ts'
import { imageSteps, type ImageStep } from './image-steps.ts'
import { RepositoryFrame } from './repository-frame.ts'

export async function showImage(request: PageRequest): Promise<PageReply> {
  const { catalog, viewer, params, registryHost } = request
  const repository = await catalog.repositories.getRepository(viewer, params['name'] ?? '')
  const { name } = repository
  const image = await catalog.images.getImage(viewer, name, parseDigest(params['digest'] ?? ''))
  return page(
    `${formatPlatform(image)} of ${name}`,
    RepositoryFrame({
      request,
      repository,
      part: 'tags',
      children: html`<section class="panel">
          <h2>${formatPlatform(image)}</h2>
          <p class="facts">
            <span>${formatSize(image.sizeBytes)} compressed</span>
            <span>${image.layers.length === 1 ? 'one layer' : `${image.layers.length} layers`}</span>
            ${image.createdAt !== undefined && html`<span>Made ${Moment({ at: Date.parse(image.createdAt) })}</span>`}
            ${image.author && html`<span>by ${image.author}</span>`}
          </p>
          ${Copyable({
            id: 'pull-command',
            label: 'the pull command',
            text: `docker pull ${registryHost}/${name}@${image.digest}`,
          })}
        </section>
        ${Steps(image)} ${Labels(image)}`,
    }),
  )
}

function Steps(image: Image) {
  const steps = imageSteps(image)
  return html`<section>
    <div class="section-head"><h2>Layers and history</h2></div>
    ${
      steps.length === 0
        ? html`<div class="empty"><p>It has neither layers nor a history.</p></div>`
        : html`<ol class="rows steps">
            ${steps.map(Step)}
          </ol>`
    }
  </section>`
}

function Step({ command, comment, layer }: ImageStep) {
  return html`<li class="row">
    <div>
      ${command !== '' && html`<code class="break">${command}</code>`}
      ${comment !== '' && html`<p class="muted">${comment}</p>`}
      ${layer && html`<p class="facts"><code title=${layer.digest}>${shortDigest(layer.digest)}</code></p>`}
    </div>
    <span class=${layer ? 'size' : 'size muted'}>${layer ? formatSize(layer.sizeBytes) : 'no layer'}</span>
  </li>`
}

function Labels({ labels }: Image) {
  const entries = Object.entries(labels)
  if (entries.length === 0) return null
  return html`<section>
    <div class="section-head"><h2>Labels</h2></div>
    <div class="panel">${LabelList(entries)}</div>
  </section>`
}
