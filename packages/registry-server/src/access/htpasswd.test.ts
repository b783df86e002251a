import assert from 'node:assert/strict'
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { silentLogger } from '@berth/stdx'
import { openHtpasswd, parseHtpasswd } from './htpasswd.ts'

const hash = (name: string) => `$2y$05$${name.padEnd(53, '.')}`

test('parseHtpasswd() reads bcrypt lines and refuses others without showing them', () => {
  const text = `# people\n\nme:${hash('me')}\nyou:${hash('you')}\n`
  assert.deepEqual(
    [...parseHtpasswd(text, 'f')],
    [
      ['me', hash('me')],
      ['you', hash('you')],
    ],
  )
  for (const line of ['me:secret', 'me:{SHA}c2VjcmV0', `:${hash('x')}`, 'secret']) {
    assert.throws(
      () => parseHtpasswd(line, 'f'),
      (error: Error) => error.message.includes('line 1') && !error.message.includes('secret'),
    )
  }
})

test('openHtpasswd() lets in who is in the file now, and compares as often for a name that is not', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'berth-htpasswd-'))
  try {
    const path = join(directory, 'htpasswd')
    const write = async (text: string, seconds: number) => {
      await writeFile(path, text)
      await utimes(path, seconds, seconds)
    }
    await write(`me:${hash('me')}\n`, 1)
    let comparisons = 0
    const compare = async (password: string, given: string) => ++comparisons > 0 && given === hash(password)
    const clock = { now: 0 }
    const logged: unknown[] = []
    const logger = { ...silentLogger, error: (message: string) => logged.push(message) }
    const options = { path, compare, publicRepositories: ['library/*'], logger, now: () => clock.now }
    const accounts = await openHtpasswd(options)
    assert.deepEqual(await accounts.authenticate('me', 'me'), { name: 'me' })
    assert.deepEqual(await accounts.authenticate('me', 'me'), { name: 'me' })
    assert.equal(comparisons, 1, 'who was let in a moment ago is let in again')
    assert.equal(await accounts.authenticate('me', 'wrong'), undefined)
    assert.equal(await accounts.authenticate('nobody', 'me'), undefined)
    assert.equal(comparisons, 3)
    await write(`you:${hash('you')}\n`, 2)
    clock.now += 2000
    assert.equal(await accounts.authenticate('me', 'me'), undefined)
    assert.equal(await accounts.findPasswordMark('me'), undefined)
    const mark = await accounts.findPasswordMark('you')
    assert.ok(mark !== undefined && mark === (await accounts.findPasswordMark('you')))
    await write(`you:${hash('another')}\n`, 3)
    clock.now += 2000
    assert.notEqual(await accounts.findPasswordMark('you'), mark, 'another password')
    for (const spoil of [() => write('spoilt\n', 4), () => rm(path)]) {
      await spoil()
      const before = logged.length
      for (let round = 0; round < 3; round++) {
        clock.now += 2000
        assert.deepEqual(await accounts.authenticate('you', 'another'), { name: 'you' })
      }
      assert.deepEqual(logged.slice(before), ['accounts stay as they were'])
    }
    await write(`me:${hash('me')}\n`, 5)
    clock.now += 2000
    assert.equal(await accounts.authenticate('you', 'another'), undefined)
    assert.deepEqual([...(await accounts.actions(undefined, 'library/x'))], ['pull'])
    assert.deepEqual([...(await accounts.actions(undefined, 'team/x'))], [])
  } finally {
    await rm(directory, { recursive: true })
  }
})
