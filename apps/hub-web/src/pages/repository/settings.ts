import type { Repository } from '@berth/catalog'
import { CodedError } from '@berth/stdx'
import { page, redirect, type PageReply, type PageRequest, type Reply } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { Form } from '../../ui/form.ts'
import { checkConfirmation, ConfirmationField } from '../confirmation.ts'
import { RefusedNotice, submitted, type Refused } from '../submitted.ts'
import { changeOf, readValues, RepositoryFields } from './repository-form.ts'
import { RepositoryFrame } from './repository-frame.ts'

export const showSettings = (request: PageRequest): Promise<PageReply> => draw(request)

export function saveSettings(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, form } = request
  return submitted(form, {
    act: async () => {
      const change = changeOf(readValues(form))
      const { name } = await catalog.repositories.updateRepository(viewer, nameOf(request), change)
      return redirect(paths.repository(name), 'saved')
    },
    again: (refused) => draw(request, { of: 'about', refused }),
  })
}

export function setVisibility(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, form } = request
  return submitted(form, {
    act: async () => {
      const isPrivate = form.get('visibility') === 'private'
      const { name } = await catalog.repositories.setPrivate(viewer, nameOf(request), isPrivate)
      return redirect(paths.repositoryPart(name, 'settings'), isPrivate ? 'made-private' : 'made-public')
    },
    again: (refused) => draw(request, { of: 'visibility', refused }),
  })
}

export function deleteRepository(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, form } = request
  const name = nameOf(request)
  return submitted(form, {
    act: async () => {
      checkConfirmation(form, name)
      await catalog.repositories.deleteRepository(viewer, name)
      return redirect(paths.repositories(), 'repository-deleted')
    },
    again: (refused) => draw(request, { of: 'deletion', refused }),
  })
}

interface RefusedPart {
  of: 'about' | 'visibility' | 'deletion'
  refused: Refused
}

async function draw(request: PageRequest, part?: RefusedPart): Promise<PageReply> {
  const { catalog, viewer } = request
  const repository = await catalog.repositories.getRepository(viewer, nameOf(request))
  if (repository.permission === 'read')
    throw new CodedError('forbidden', `You may read ${repository.name}, but not change it.`)
  const refusedOf = (of: RefusedPart['of']) => (part?.of === of ? part.refused : undefined)
  return page(
    `Settings of ${repository.name}`,
    RepositoryFrame({
      request,
      repository,
      part: 'settings',
      children: html`<div class="narrow-page">
        ${About(request, repository, refusedOf('about'))}
        ${
          repository.permission === 'admin' &&
          html`${Visibility(request, repository, refusedOf('visibility'))}
          ${Deletion(request, repository, refusedOf('deletion'))}`
        }
      </div>`,
    }),
  )
}

function About(request: PageRequest, repository: Repository, refused: Refused | undefined) {
  const values = refused ? readValues(refused.form) : { ...repository, source: repository.source ?? '' }
  return html`<section>
    <h2>What it is</h2>
    ${RefusedNotice(refused)}
    ${Form({
      request,
      action: paths.repositoryPart(repository.name, 'settings'),
      class: 'stack',
      children: html`${RepositoryFields(values)}
        <p class="actions"><button class="button">Save</button></p>`,
    })}
  </section>`
}

function Visibility(request: PageRequest, { name, isPrivate }: Repository, refused: Refused | undefined) {
  return html`<section class="panel">
    <h2>Who sees it</h2>
    ${RefusedNotice(refused)}
    <p>
      ${
        isPrivate
          ? 'It is private: only you and those you invite see it.'
          : 'It is public: everyone can find and pull it.'
      }
    </p>
    ${Form({
      request,
      action: paths.repositoryPart(name, 'visibility'),
      children: html`<input type="hidden" name="visibility" value=${isPrivate ? 'public' : 'private'} />
        <button class="button quiet">${isPrivate ? 'Make public' : 'Make private'}</button>`,
    })}
  </section>`
}

function Deletion(request: PageRequest, { name }: Repository, refused: Refused | undefined) {
  return html`<details class="danger" open=${refused !== undefined}>
    <summary>Delete this repository</summary>
    ${RefusedNotice(refused)}
    <p>All its tags and images go with it, and cannot be brought back.</p>
    ${Form({
      request,
      action: paths.repositoryPart(name, 'delete'),
      class: 'stack',
      children: html`${ConfirmationField(name)}
        <p class="actions"><button class="button bad">Delete the repository</button></p>`,
    })}
  </details>`
}

function nameOf({ params }: PageRequest): string {
  return params['name'] ?? ''
}
