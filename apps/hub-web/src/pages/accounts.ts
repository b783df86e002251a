import { plans, type Account, type PlanName } from '@berth/catalog'
import { CodedError } from '@berth/stdx'
import {
  accountOf,
  page,
  redirect,
  type PageReply,
  type PageRequest,
  type Reply,
} from '../http/page-request.ts'
import { paths } from '../paths.ts'
import { html } from '../rendering/html.ts'
import { SelectField } from '../ui/field.ts'
import { Form } from '../ui/form.ts'
import { pageOf, Pager } from '../ui/pager.ts'
import { Moment } from '../ui/quantities.ts'

const pageSize = 50
const planNames = Object.keys(plans) as PlanName[]

/** Everyone who has signed up, for administrators. */
export async function showAccounts(request: PageRequest): Promise<PageReply> {
  const { catalog, viewer, query } = request
  refuseOthers(request)
  const listed = await catalog.accounts.listAccounts(viewer, { page: pageOf(query), size: pageSize })
  return page(
    'Accounts',
    html`<div class="page-head">
        <h1>Accounts of this hub</h1>
        <p class="muted">${listed.count === 1 ? 'One account' : `${listed.count} accounts`}</p>
      </div>
      <ul class="rows">
        ${listed.entries.map((account) => AccountRow(request, account))}
      </ul>
      ${Pager({ path: paths.accounts(), query, count: listed.count, size: pageSize })}`,
  )
}

export async function setPlan(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, params, form } = request
  refuseOthers(request)
  const plan = planNames.find((known) => known === form.get('plan'))
  if (!plan) throw new CodedError('invalid-argument', 'There is no such plan.')
  await catalog.accounts.setPlan(viewer, params['name'] ?? '', plan)
  return redirect(paths.accounts(), 'saved')
}

/** Who is disabled cannot sign in, in no way. */
export async function setState(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, params, form } = request
  refuseOthers(request)
  await catalog.accounts.setDisabled(viewer, params['name'] ?? '', form.get('disabled') === '1')
  return redirect(paths.accounts(), 'saved')
}

export async function setRole(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, params, form } = request
  refuseOthers(request)
  await catalog.accounts.setAdministrator(viewer, params['name'] ?? '', form.get('administrator') === '1')
  return redirect(paths.accounts(), 'saved')
}

/** The catalog refuses, too; here it is as if the page were not there. */
function refuseOthers(request: PageRequest): void {
  if (!accountOf(request).isAdministrator) throw new CodedError('not-found', 'There is no such page.')
}

function AccountRow(request: PageRequest, account: Account) {
  const { name, email, isAdministrator, isDisabled, createdAt } = account
  return html`<li class="row" key=${name}>
    <div>
      <a class="strong" href=${paths.namespace(name)}>${name}</a>
      ${isAdministrator && html` <span class="mark">Administrator</span>`}
      ${isDisabled && html` <span class="mark">Disabled</span>`}
      <p class="facts"><span class="break">${email}</span><span>Joined ${Moment({ at: createdAt })}</span></p>
    </div>
    ${PlanForm(request, account)}
    ${
      name !== request.viewer.account?.name &&
      html`<div class="row-actions">
        ${Switch(request, {
          action: paths.account(name, 'role'),
          field: 'administrator',
          isOn: isAdministrator,
          label: isAdministrator ? 'Make a user' : 'Make administrator',
          of: name,
        })}
        ${Switch(request, {
          action: paths.account(name, 'state'),
          field: 'disabled',
          isOn: isDisabled,
          label: isDisabled ? 'Enable' : 'Disable',
          of: name,
        })}
      </div>`
    }
  </li>`
}

function PlanForm(request: PageRequest, { name, plan }: Account) {
  return Form({
    request,
    action: paths.account(name, 'plan'),
    class: 'inline',
    children: html`${SelectField({
        name: 'plan',
        id: `plan-${name}`,
        label: `Plan of ${name}`,
        isLabelHidden: true,
        value: plan,
        choices: planNames.map((known) => ({ value: known, label: known })),
      })} <button class="button quiet small" aria-label=${`Set the plan of ${name}`}>Set</button>`,
  })
}

interface SwitchProps {
  action: string
  field: string
  isOn: boolean
  label: string
  of: string
}

/** Sends the opposite of what is. */
function Switch(request: PageRequest, { action, field, isOn, label, of }: SwitchProps) {
  return Form({
    request,
    action,
    children: html`<input type="hidden" name=${field} value=${isOn ? '0' : '1'} />
      <button class="button quiet small" aria-label=${`${label}: ${of}`}>${label}</button>`,
  })
}
