import { type Account } from '@berth/catalog'
import { CodedError } from '@berth/stdx'
import * as v from 'valibot'
import { created, done, ok, route, type ApiCall, type ApiReply } from './api-call.ts'
import { optionalText, text } from './fields.ts'

const credentials = v.object({ identifier: text, secret: text })
const oldCredentials = v.object({ username: text, password: text })
const signUpForm = v.object({ username: text, email: text, password: text, full_name: optionalText })

/** Sign-up and sign-in of programs. What they get is a session, shown as `Authorization: Bearer`. */
export const accountRoutes = [
  route('POST', '/v2/auth/token', async (call) => {
    const { identifier, secret } = await call.body(credentials)
    return ok({ access_token: await startSession(call, identifier, secret) })
  }),
  route('POST', '/v2/users/login', async (call) => {
    const { username, password } = await call.body(oldCredentials)
    return ok({ token: await startSession(call, username, password) })
  }),
  route('POST', '/v2/logout', async ({ catalog, sessionSecret }) => {
    if (sessionSecret !== undefined) await catalog.sessions.endSession(sessionSecret)
    return done
  }),
  route('POST', '/v2/users', signUp),
  route('GET', '/v2/user', async ({ viewer }) => {
    const account = requireAccount(viewer)
    return ok({ ...formatAccount(account), email: account.email, is_staff: account.isAdministrator })
  }),
  route('GET', '/v2/users/:account', async ({ catalog, params }) => {
    const account = await catalog.accounts.findAccount(params['account'] ?? '')
    if (!account) throw new CodedError('not-found', 'Cannot find account: there is none of that name')
    return ok(formatAccount(account))
  }),
]

export function requireAccount({ account }: Pick<ApiCall['viewer'], 'account'>): Account {
  if (account) return account
  throw new CodedError('unauthorized', 'Authentication is required: show the session of POST /v2/auth/token.')
}

async function startSession(call: ApiCall, name: string, secret: string): Promise<string> {
  const { address } = call.viewer
  const login = await call.signIn(name, secret, address)
  const client = call.request.headers['user-agent']
  return (await call.catalog.sessions.createSession(login, { address, client })).secret
}

async function signUp(call: ApiCall): Promise<ApiReply> {
  const { username, full_name: fullName, ...form } = await call.body(signUpForm)
  if (!call.isSignUpOpen)
    throw new CodedError('forbidden', 'Cannot sign up: accounts of this hub are made by who runs it.')
  const wanted = { ...form, name: username, ...(fullName !== undefined && { fullName }) }
  return created(formatAccount(await call.signUp(wanted, call.viewer.address)))
}

/** What everyone may know of an account: its e-mail address is not among it. */
function formatAccount({ id, name, fullName, createdAt }: Account) {
  return {
    id: String(id),
    username: name,
    full_name: fullName,
    date_joined: new Date(createdAt).toISOString(),
    type: 'User',
  }
}
