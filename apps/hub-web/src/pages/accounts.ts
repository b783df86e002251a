import type { Account, PlanName } from '@berth/catalog'
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
const plans: readonly PlanName[] = ['personal', 'pro', 'team', 'business']

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
  const plan = plans.find((known) => known === form.get('plan'))
  if (!plan) throw new CodedError('invalid-argument', 'There is no such plan.')
  await catalog.accounts.setPlan(viewer, params['name'] ?? '', plan)
  return redirect(paths.accounts(), 'saved')
}

/** The catalog refuses, too; here it is as if the page were not there. */
function refuseOthers(request: PageRequest): void {
  if (!accountOf(request).isAdministrator) throw new CodedError('not-found', 'There is no such page.')
}

function AccountRow(request: PageRequest, { name, email, plan, isAdministrator, createdAt }: Account) {
  return html`<li class="row" key=${name}>
    <div>
      <a class="strong" href=${paths.namespace(name)}>${name}</a>
      ${isAdministrator && html` <span class="mark">Administrator</span>`}
      <p class="facts">
        <span class="break">${email}</span><span>Here since ${Moment({ at: createdAt })}</span>
      </p>
    </div>
    ${Form({
      request,
      action: paths.setPlan(name),
      class: 'inline',
      children: html`${SelectField({
          name: 'plan',
          id: `plan-${name}`,
          label: `Plan of ${name}`,
          value: plan,
          isLabelHidden: true,
          choices: plans.map((known) => ({ value: known, label: known })),
        })} <button class="button quiet small" aria-label=${`Set the plan of ${name}`}>Set</button>`,
    })}
  </li>`
}
