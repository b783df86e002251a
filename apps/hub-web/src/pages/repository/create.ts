import {
  accountOf,
  page,
  redirect,
  type PageReply,
  type PageRequest,
  type Reply,
} from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { ChoiceField, SelectField, TextField } from '../../ui/field.ts'
import { Form } from '../../ui/form.ts'
import { textOf } from '../form-values.ts'
import { RefusedNotice, submitted, type Refused } from '../submitted.ts'
import { descriptionLengthMax } from './repository-form.ts'

export const showCreate = (request: PageRequest): Promise<PageReply> => draw(request)

export function create(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, form } = request
  return submitted(form, {
    act: async () => {
      const { name } = await catalog.repositories.createRepository(viewer, {
        name: `${form.get('namespace') ?? ''}/${textOf(form, 'name')}`,
        isPrivate: form.get('visibility') === 'private',
        description: textOf(form, 'description'),
      })
      return redirect(paths.repository(name), 'repository-created')
    },
    again: (refused) => draw(request, refused),
  })
}

async function draw(request: PageRequest, refused?: Refused): Promise<PageReply> {
  const namespaces = await namespacesOf(request)
  const { name, plan } = accountOf(request)
  const { used, available } = await request.catalog.repositories.getPrivateUse(request.viewer, name)
  const form = refused?.form ?? request.query
  return page(
    'New repository',
    html`<div class="narrow-page">
      <h1>New repository</h1>
      ${RefusedNotice(refused)}
      ${Form({
        request,
        action: paths.newRepository(),
        class: 'stack',
        children: html`<div class="pair">${OwnerField(form, namespaces)} ${NameField(form)}</div>
          ${DescriptionField(form)} ${VisibilityField(form, useWords({ used, available, plan }))}
          <p class="actions"><button class="button">Create repository</button></p>`,
      })}
    </div>`,
  )
}

/** The account itself comes first. */
function OwnerField(form: URLSearchParams, namespaces: readonly string[]) {
  return SelectField({
    name: 'namespace',
    label: 'Owner',
    value: form.get('namespace') ?? namespaces[0] ?? '',
    choices: namespaces.map((name) => ({ value: name, label: name })),
  })
}

function NameField(form: URLSearchParams) {
  return TextField({
    name: 'name',
    label: 'Name',
    value: form.get('name') ?? '',
    isRequired: true,
    maxlength: 128,
    hint: 'Small letters, digits, and . _ - between them.',
  })
}

function DescriptionField(form: URLSearchParams) {
  return TextField({
    name: 'description',
    label: 'Short description',
    value: form.get('description') ?? '',
    maxlength: descriptionLengthMax,
  })
}

function VisibilityField(form: URLSearchParams, use: string) {
  return ChoiceField({
    name: 'visibility',
    label: 'Who sees it',
    value: form.get('visibility') ?? 'public',
    choices: [
      { value: 'public', label: 'Public', hint: 'Everyone finds and pulls it.' },
      { value: 'private', label: 'Private', hint: `You, and those you invite. ${use}` },
    ],
  })
}

function useWords({ used, available, plan }: { used: number; available: number; plan: string }): string {
  if (available === Infinity) return ''
  return `The ${plan} plan has ${available === 1 ? 'one' : available}; you use ${used === 0 ? 'none' : used}.`
}

/** Where the viewer may make repositories. */
async function namespacesOf(request: PageRequest): Promise<string[]> {
  const { catalog, viewer } = request
  const account = accountOf(request)
  const organizations = await catalog.organizations.listOrganizations(viewer)
  return [
    account.name,
    ...organizations.map(({ name }) => name),
    ...(account.isAdministrator ? ['library'] : []),
  ]
}
