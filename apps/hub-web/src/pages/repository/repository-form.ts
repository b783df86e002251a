import { repositoryCategories, type RepositoryChange } from '@berth/catalog'
import { html } from '../../rendering/html.ts'
import { AreaField, CheckField, TextField } from '../../ui/field.ts'
import { textOf } from '../form-values.ts'

export const descriptionLengthMax = 100
const fullDescriptionLengthMax = 25_000

/** What is said of a repository, to be changed. */
export interface RepositoryValues {
  description: string
  fullDescription: string
  categories: readonly string[]
  source: string
}

export function RepositoryFields(values: RepositoryValues) {
  return html`${TextField({
      name: 'description',
      label: 'Short description',
      value: values.description,
      maxlength: descriptionLengthMax,
      hint: 'One line of plain text. Search looks through it.',
    })}
    ${AreaField({
      name: 'fullDescription',
      label: 'README',
      value: values.fullDescription,
      rows: 14,
      maxlength: fullDescriptionLengthMax,
      hint: 'Markdown, with tables, lists and pictures. Scripts and styles are left out.',
    })}
    <fieldset class="field">
      <legend>Categories <span class="muted">(up to three)</span></legend>
      <div class="check-grid">
        ${repositoryCategories.map(({ slug, name }) =>
          CheckField({
            name: 'category',
            value: slug,
            label: name,
            isChecked: values.categories.includes(slug),
          }),
        )}
      </div>
    </fieldset>
    ${TextField({
      name: 'source',
      label: 'Git repository it is built from',
      type: 'url',
      value: values.source,
      hint: 'Naming one gives it the mark “Automated”, and an address under Builds for your git host to call.',
    })}`
}

export function readValues(form: URLSearchParams): RepositoryValues {
  return {
    description: textOf(form, 'description'),
    // Browsers send line ends as CRLF, which would count twice.
    fullDescription: (form.get('fullDescription') ?? '').replaceAll('\r\n', '\n'),
    categories: form.getAll('category'),
    source: textOf(form, 'source'),
  }
}

export function changeOf({ source, ...values }: RepositoryValues): RepositoryChange {
  return { ...values, source: source === '' ? null : source }
}
