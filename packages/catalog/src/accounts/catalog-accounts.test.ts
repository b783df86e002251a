import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCoded, type ErrorCode } from '@berth/stdx'
import { passwordOf } from '../testsuite/add-account.ts'
import { openTemporaryCatalog, stranger } from '../testsuite/temporary-catalog.ts'
import { testOnBothDatabases } from '../testsuite/test-databases.ts'

const coded = (code: ErrorCode) => (error: unknown) => isCoded(error, code)

await testOnBothDatabases('accounts', (open) => {
  test('signUp() makes an account that signs in by name and by e-mail address', async () => {
    await using catalog = await open()
    assert.equal(await catalog.accounts.hasAccounts(), false)
    await catalog.addAccount('ada')
    assert.equal(await catalog.accounts.hasAccounts(), true)
    for (const name of ['ada', 'ada@example.test', 'ADA@example.test']) {
      const login = await catalog.accounts.signIn(name, passwordOf('ada'))
      assert.equal(login?.account.name, 'ada')
      assert.equal(login?.scope, 'repo:admin')
      assert.equal('passwordHash' in login.account, false)
    }
    assert.equal(await catalog.accounts.signIn('ada', 'wrong password'), undefined)
    assert.equal(await catalog.accounts.signIn('nobody', 'wrong password'), undefined)
  })

  test('signUp() refuses names that are taken, reserved or no names', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    await catalog.organizations.createOrganization(ada, { name: 'team-x' })
    for (const name of ['ada', 'team-x', 'library', 'settings', 'v2'])
      await assert.rejects(catalog.addAccount(name), coded('already-exists'), name)
    await assert.rejects(catalog.addAccount('me'), {
      message: /"me": the hub keeps it for its own addresses/,
    })
    for (const name of ['a', 'Ada', 'a.b', '-ab', 'ab-', 'docker.io', 'a b', 'ab\0', 'x'.repeat(31), ''])
      await assert.rejects(catalog.addAccount(name), coded('invalid-argument'), JSON.stringify(name))
    await assert.rejects(
      catalog.accounts.signUp({ name: 'eve', email: 'ada@example.test', password: 'long enough' }, ''),
      coded('already-exists'),
    )
  })

  test('signUp() lets one of several win a name that they want at once', async () => {
    await using catalog = await open()
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, (_, index) =>
        catalog.accounts.signUp({ name: 'ada', email: `${index}@example.test`, password: 'long enough' }, ''),
      ),
    )
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
    for (const result of results)
      if (result.status === 'rejected') assert.ok(isCoded(result.reason, 'already-exists'))
  })

  test('signUp() makes the first an administrator when it is to, and nobody after', async () => {
    await using catalog = await open({ firstAccountIsAdministrator: true })
    const people = await Promise.all(['ada', 'bob', 'eve'].map((name) => catalog.addAccount(name)))
    assert.equal(people.filter(({ account }) => account?.isAdministrator).length, 1)
  })

  test('changePassword() ends sessions and keeps access tokens', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    const login = await catalog.accounts.signIn('ada', passwordOf('ada'))
    assert.ok(login)
    const session = await catalog.sessions.createSession(login, { address: '' })
    const { secret } = await catalog.tokens.createToken(ada, { label: 'ci', scope: 'repo:read' })
    await assert.rejects(
      catalog.accounts.changePassword(ada, { current: 'wrong password', next: 'another one' }),
      coded('forbidden'),
    )
    await catalog.accounts.changePassword(ada, { current: passwordOf('ada'), next: 'another one' })
    assert.equal(await catalog.sessions.findSession(session.secret), undefined)
    assert.equal(await catalog.accounts.signIn('ada', passwordOf('ada')), undefined)
    assert.ok(await catalog.accounts.signIn('ada', 'another one'))
    assert.ok(await catalog.accounts.signIn('ada', secret))
  })

  test('setDisabled() keeps an account out with its password, its tokens and its sessions', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    const root = await catalog.addAccount('chief', 'administrator')
    const { secret } = await catalog.tokens.createToken(ada, { label: 'ci', scope: 'repo:read' })
    const login = await catalog.accounts.signIn('ada', passwordOf('ada'))
    const session = await catalog.sessions.createSession(login!, { address: '' })
    await catalog.accounts.setDisabled(root, 'ada', true)
    assert.equal(await catalog.accounts.signIn('ada', passwordOf('ada')), undefined)
    assert.equal(await catalog.accounts.signIn('ada', secret), undefined)
    assert.equal(await catalog.sessions.findSession(session.secret), undefined)
    await catalog.accounts.setDisabled(root, 'ada', false)
    assert.ok(await catalog.accounts.signIn('ada', secret))
  })

  test('deleteAccount() takes all that is theirs, and nobody gets the name again', async () => {
    await using catalog = await open()
    const [ada, bob] = [await catalog.addAccount('ada'), await catalog.addAccount('bob')]
    await catalog.repositories.createRepository(ada, { name: 'ada/app' })
    await catalog.repositories.createRepository(bob, { name: 'bob/app' })
    await catalog.repositories.setStarred(ada, 'bob/app', true)
    const { secret } = await catalog.tokens.createToken(ada, { label: 'ci', scope: 'repo:read' })
    await assert.rejects(catalog.accounts.deleteAccount(ada, 'wrong password'), coded('forbidden'))
    await catalog.accounts.deleteAccount(ada, passwordOf('ada'))
    assert.equal(await catalog.accounts.findAccount('ada'), undefined)
    assert.equal(await catalog.accounts.signIn('ada', secret), undefined)
    assert.equal(await catalog.repositories.permissionOf(bob, 'ada/app'), undefined)
    assert.equal((await catalog.repositories.getRepository(bob, 'bob/app')).starCount, 0)
    assert.equal((await catalog.repositories.search(stranger, { text: 'app', page: 1, size: 9 })).count, 1)
    await assert.rejects(catalog.addAccount('ada'), coded('already-exists'))
  })

  test('deleteAccount() refuses the last owner of an organization', async () => {
    await using catalog = await open()
    const [ada, bob] = [await catalog.addAccount('ada'), await catalog.addAccount('bob')]
    await catalog.organizations.createOrganization(ada, { name: 'makers' })
    await assert.rejects(catalog.accounts.deleteAccount(ada, passwordOf('ada')), coded('failed-precondition'))
    await catalog.organizations.setMember(ada, 'makers', { account: 'bob', role: 'owner' })
    await Promise.allSettled([
      catalog.accounts.deleteAccount(ada, passwordOf('ada')),
      catalog.accounts.deleteAccount(bob, passwordOf('bob')),
    ])
    const left = await Promise.all(['ada', 'bob'].map((name) => catalog.accounts.findAccount(name)))
    assert.equal(left.filter(Boolean).length, 1)
  })
})

test('signIn() does as much for a name that nobody has as for a wrong password', async () => {
  await using catalog = await openTemporaryCatalog()
  await catalog.addAccount('ada')
  const time = async (name: string) => {
    const samples: number[] = []
    for (let round = 0; round < 7; round++) {
      const before = process.cpuUsage()
      await catalog.accounts.signIn(name, 'wrong password')
      // The processor's time: what else runs on this machine is not counted.
      const { user, system } = process.cpuUsage(before)
      samples.push((user + system) / 1000)
    }
    return samples.toSorted((a, b) => a - b)[3] ?? 0
  }
  await time('nobody')
  const [unknown, known] = [await time('nobody'), await time('ada')]
  // A name that is looked up without hashing takes a hundredth.
  assert.ok(unknown > known / 3 && unknown < known * 3, `${unknown} ms and ${known} ms`)
})
