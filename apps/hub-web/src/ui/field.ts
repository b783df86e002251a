import { html, type ComponentChildren } from '../rendering/html.ts'

interface FieldBase {
  name: string
  label: string
  hint?: ComponentChildren
  /** Default: the name. */
  id?: string
}

export interface TextFieldProps extends FieldBase {
  type?: 'text' | 'email' | 'password' | 'url' | 'date' | 'search'
  value?: string | undefined
  autocomplete?: string
  pattern?: string
  minlength?: number
  maxlength?: number
  isRequired?: boolean
  prefix?: string
}

/** One line to fill in, with its label above and a hint below. */
export function TextField(field: TextFieldProps) {
  const { name, label, hint, type = 'text', value, isRequired, prefix } = field
  const id = field.id ?? name
  const input = html`<input
    id=${id}
    name=${name}
    type=${type}
    value=${value}
    required=${isRequired}
    autocomplete=${field.autocomplete ?? 'off'}
    pattern=${field.pattern}
    minlength=${field.minlength}
    maxlength=${field.maxlength}
    spellcheck=${type === 'text' ? undefined : 'false'}
    aria-describedby=${hint ? `${id}-hint` : undefined}
  />`
  return html`<div class="field">
    <label for=${id}>${label}${!isRequired && html` <span class="muted">(optional)</span>`}</label>
    ${prefix === undefined ? input : html`<div class="prefixed"><span class="mono">${prefix}</span>${input}</div>`}
    ${Hint({ id, hint })}
  </div>`
}

export interface PasswordFieldProps extends Partial<FieldBase> {
  autocomplete: 'current-password' | 'new-password'
}

export function PasswordField({ name = 'password', label = 'Password', ...field }: PasswordFieldProps) {
  return TextField({ ...field, name, label, type: 'password', isRequired: true })
}

export function EmailField({ value }: { value: string }) {
  return TextField({
    name: 'email',
    label: 'E-mail address',
    type: 'email',
    value,
    autocomplete: 'email',
    isRequired: true,
    hint: 'Never shown to others.',
  })
}

export interface AreaFieldProps extends FieldBase {
  value?: string | undefined
  rows: number
  maxlength: number
}

export function AreaField({ name, label, hint, value, rows, maxlength }: AreaFieldProps) {
  return html`<div class="field">
    <label for=${name}>${label} <span class="muted">(optional)</span></label>
    <textarea
      id=${name}
      name=${name}
      rows=${rows}
      maxlength=${maxlength}
      aria-describedby=${hint ? `${name}-hint` : undefined}
      value=${value ?? ''}
    />
    ${Hint({ id: name, hint })}
  </div>`
}

export interface SelectFieldProps extends FieldBase {
  value: string | undefined
  choices: readonly { value: string; label: string }[]
  /** Only for who hears the page: what stands beside it says the same. */
  isLabelHidden?: boolean
}

export function SelectField({
  name,
  label,
  hint,
  value,
  choices,
  isLabelHidden,
  id = name,
}: SelectFieldProps) {
  return html`<div class="field">
    <label for=${id} class=${isLabelHidden ? 'for-readers' : undefined}>${label}</label>
    <select id=${id} name=${name} aria-describedby=${hint ? `${id}-hint` : undefined}>
      ${choices.map(
        (choice) =>
          html`<option value=${choice.value} selected=${choice.value === value}>${choice.label}</option>`,
      )}
    </select>
    ${Hint({ id, hint })}
  </div>`
}

export interface ChoiceFieldProps extends Omit<SelectFieldProps, 'choices'> {
  choices: readonly { value: string; label: string; hint: string }[]
}

/** One of a few, each with its reason beside it. */
export function ChoiceField({ name, label, value, choices }: ChoiceFieldProps) {
  return html`<fieldset class="field choices">
    <legend>${label}</legend>
    ${choices.map(
      (choice) =>
        html`<label class="choice">
          <input type="radio" name=${name} value=${choice.value} checked=${choice.value === value} />
          <span><strong>${choice.label}</strong><span class="muted">${choice.hint}</span></span>
        </label>`,
    )}
  </fieldset>`
}

export interface CheckFieldProps {
  name: string
  value: string
  label: string
  isChecked: boolean
}

export function CheckField({ name, value, label, isChecked }: CheckFieldProps) {
  return html`<label class="check"
    ><input type="checkbox" name=${name} value=${value} checked=${isChecked} /><span>${label}</span></label
  >`
}

function Hint({ id, hint }: { id: string; hint: ComponentChildren }) {
  return hint ? html`<p class="hint" id=${`${id}-hint`}>${hint}</p>` : null
}
