import { randomBytes } from 'node:crypto'
import { operatorViewer, type Catalog } from '@berth/catalog'
import type { Logger } from '@berth/stdx'
import type { AdminAction } from '../config/admin-command.ts'
import { openOfflineCatalog, requireHub } from './offline-catalog.ts'
import type { StoreSettings } from '../config/store-settings.ts'

export interface AdminOptions {
  dataDirectory: string
  stores: StoreSettings
  /** Reads a password that is given. */
  readPassword: () => Promise<string>
  logger: Logger
}

/** Does it on the tables of a hub, which may be serving meanwhile. Returns what to tell. */
export async function runAdmin(action: AdminAction, options: AdminOptions): Promise<string> {
  await using stack = new AsyncDisposableStack()
  // The first account may be made before the first start; all else is about what is there.
  if (action.action !== 'create') requireHub(options)
  const { catalog } = await openOfflineCatalog(options, stack)
  switch (action.action) {
    case 'create': {
      const { account: name, email } = action
      return await withPassword(action, options, async (password) => {
        await catalog.accounts.createAdministrator({ name, email, password })
        return `${name} is an administrator of this hub\n`
      })
    }
    case 'password':
      return await withPassword(action, options, async (password) => {
        await catalog.accounts.resetPassword(operatorViewer, action.account, password)
        return `${action.account} has another password, and is signed out everywhere\n`
      })
    case 'promote':
    case 'demote':
      await catalog.accounts.setAdministrator(operatorViewer, action.account, action.action === 'promote')
      return `${action.account} is ${action.action === 'promote' ? 'an' : 'no'} administrator of this hub\n`
    case 'disable':
    case 'enable':
      await catalog.accounts.setDisabled(operatorViewer, action.account, action.action === 'disable')
      return `${action.account} ${action.action === 'disable' ? 'cannot' : 'can'} sign in\n`
    case 'plan':
      await catalog.accounts.setPlan(operatorViewer, action.namespace, action.plan)
      return `${action.namespace} has the plan ${action.plan}\n`
    case 'list':
      return await listAccounts(catalog)
    default:
      return action satisfies never
  }
}

/** With the password that is given, or one that is made and told once. */
async function withPassword(
  { isPasswordGiven }: { isPasswordGiven: boolean },
  { readPassword }: AdminOptions,
  act: (password: string) => Promise<string>,
): Promise<string> {
  if (isPasswordGiven) return await act(await readPassword())
  const password = randomBytes(15).toString('base64url')
  return `${await act(password)}Password, shown this once: ${password}\n`
}

const pageSize = 100

async function listAccounts({ accounts }: Catalog): Promise<string> {
  const lines: string[] = []
  for (let page = 1; ; page++) {
    const { count, entries } = await accounts.listAccounts(operatorViewer, { page, size: pageSize })
    for (const { name, email, plan, isAdministrator, isDisabled } of entries) {
      const marks = [...(isAdministrator ? ['administrator'] : []), ...(isDisabled ? ['disabled'] : [])]
      lines.push([name, email, plan, ...marks].join('\t'))
    }
    if (entries.length === 0 || lines.length >= count) return lines.map((line) => `${line}\n`).join('')
  }
}
