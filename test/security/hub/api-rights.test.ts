import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { apiRoutes } from '../../../apps/hub/src/api/api-routes.ts'
import { passwordOf, startAccountsHub, type AccountsHub } from '../../fixtures/accounts-hub.ts'
import { registryActions, roles, rows, rules, type Outcome, type Role } from './api-rights.ts'

type Visibility = 'public' | 'private'

const accounts = ['olive', 'stranger', 'reader', 'writer', 'manager', 'extra'] as const
const digest = `sha256:${'0'.repeat(64)}`
const params: Readonly<Record<string, string>> = {
  ':namespace': 'olive',
  ':name': 'app',
  ':tag': 'v1',
  ':digest': digest,
  ':organization': 'crew',
  ':group': 'devs',
  ':account': 'extra',
  ':id': '00000000-0000-4000-8000-000000000000',
  ':secret': 'made-up',
}

/** A hub in which everybody is there, with a way to ask as each of them. */
interface Stage extends AsyncDisposable {
  hub: AccountsHub
  sessions: ReadonlyMap<Role, string>
  /** Name and secret, as `docker login` takes them. */
  logins: ReadonlyMap<Role, { name: string; secret: string }>
  /** Makes the repository again, with who may do what. */
  prepare(): Promise<void>
}

async function setStage(visibility: Visibility): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const hub = stack.use(await startAccountsHub({ flags: ['--api-limit', '100000'] }))
  const sessions = new Map<Role, string>()
  const logins = new Map<Role, { name: string; secret: string }>()
  for (const name of accounts) {
    const session = await hub.signUp(name)
    if (name === 'extra') continue
    const role = name === 'olive' ? 'owner' : name
    sessions.set(role, session)
    logins.set(role, { name, secret: passwordOf(name) })
  }
  sessions.set('administrator', await hub.createAdministrator('chief'))
  logins.set('administrator', { name: 'chief', secret: passwordOf('chief') })
  const session = sessions.get('owner')
  for (const scope of roles.slice(-4)) {
    const secret = await hub.createToken(session ?? '', scope)
    logins.set(scope, { name: 'olive', secret })
    sessions.set(scope, await hub.signIn('olive', secret))
  }
  const prepare = async () => {
    const body = { name: 'app', is_private: visibility === 'private' }
    await hub.must('POST', '/v2/namespaces/olive/repositories', { session, body })
    for (const [user, permission] of [
      ['reader', 'read'],
      ['writer', 'write'],
      ['manager', 'admin'],
    ])
      await hub.must('POST', '/v2/repositories/olive/app/collaborators', {
        session,
        body: { user, permission },
      })
  }
  await prepare()
  await hub.must('POST', '/v2/orgs', { session, body: { orgname: 'crew' } })
  for (const member of ['writer', 'manager'])
    await hub.must('POST', '/v2/orgs/crew/members', { session, body: { member } })
  await hub.must('POST', '/v2/orgs/crew/groups', { session, body: { name: 'devs' } })
  // An organization with a repository is not deleted.
  await hub.must('POST', '/v2/namespaces/crew/repositories', { session, body: { name: 'tool' } })
  const owned = stack.move()
  return { hub, sessions, logins, prepare, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

function pathOf(route: string, replaced: Readonly<Record<string, string>> = {}): string {
  return route.replaceAll(/:\w+/g, (name) => replaced[name] ?? params[name] ?? assert.fail(name))
}

/** A body as its row has it, with what only the stage knows. */
function bodyOf(body: unknown, visibility: Visibility): unknown {
  return (
    JSON.parse(
      JSON.stringify(body ?? null)
        .replace('"right"', JSON.stringify(passwordOf('olive')))
        .replace('"as it is"', String(visibility === 'private')),
    ) ?? undefined
  )
}

/** Asks, and asks the same of what is not there: who gets the same answer to both has learnt nothing. */
async function outcomeOf(
  { hub, sessions }: Stage,
  { key, role, body }: { key: string; role: Role; body: unknown },
): Promise<Outcome> {
  const [method = '', route = ''] = key.split(' ')
  const question = { session: sessions.get(role), body }
  const { status, text } = await hub.call(method, pathOf(route), question)
  assert.ok(status < 500 || status === 501, `${key} as ${role}: ${status} ${text}`)
  if (status === 401) return 'asked'
  if (status === 403) return 'refused'
  const missing = missingOf(method, route)
  if (!missing) return 'done'
  const { name, instead } = missing
  const answer = await hub.call(method, pathOf(route, { [name]: instead }), question)
  const isSame = answer.status === status && answer.text.replaceAll(instead, params[name] ?? '') === text
  return isSame ? 'hidden' : 'done'
}

/** What to put into a path so that it is of something that is not there; undefined where that tells nothing. */
function missingOf(method: string, route: string): { name: string; instead: string } | undefined {
  if (/:name\b/.test(route)) return { name: ':name', instead: 'none' }
  return method === 'GET' && route.includes(':namespace')
    ? { name: ':namespace', instead: 'none' }
    : undefined
}

test('every route of the API has a row in the table of rights, and the other way around', () => {
  const routes = apiRoutes.map(({ method, path }) => `${method} ${path}`)
  assert.deepEqual(routes.toSorted(), Object.keys(rows).toSorted())
})

describe('route × role × visibility', async () => {
  for (const visibility of ['public', 'private'] as const)
    test(`the API, with a ${visibility} repository`, async () => {
      await using stage = await setStage(visibility)
      const wrong: string[] = []
      for (const [key, { rule, body }] of Object.entries(rows))
        for (const role of roles) {
          const wanted = rules[rule][visibility][role]
          const outcome = await outcomeOf(stage, { key, role, body: bodyOf(body, visibility) })
          if (outcome !== wanted) wrong.push(`${key} as ${role}: ${outcome}, not ${wanted}`)
          if (key.startsWith('DELETE') && key.endsWith('/:name') && outcome === 'done') await stage.prepare()
        }
      assert.deepEqual(wrong, [])
    })

  for (const visibility of ['public', 'private'] as const)
    test(`tokens for a ${visibility} repository`, async () => {
      await using stage = await setStage(visibility)
      for (const role of roles) {
        const token = await stage.hub.registryToken(
          stage.logins.get(role),
          'repository:olive/app:pull,push,delete',
        )
        const claims = JSON.parse(String(Buffer.from(token.split('.')[1] ?? '', 'base64url'))) as {
          access: { actions: string[] }[]
        }
        const actions = claims.access.flatMap((access) => access.actions).join(',')
        assert.equal(actions, registryActions[visibility][role], role)
      }
    })
})
