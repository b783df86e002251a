import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseInsecureHosts } from './insecure-hosts.ts'

const includes = async (entries: string[], url: string) =>
  await parseInsecureHosts(entries).includes(new URL(url))

test('parseInsecureHosts() always includes loopback and nothing else by itself', async () => {
  for (const url of [
    'https://127.0.0.1:5000/',
    'https://127.9.9.9/',
    'https://[::1]:5000/',
    'https://localhost:5000/',
  ]) {
    assert.equal(await includes([], url), true, url)
  }
  for (const url of [
    'https://10.0.0.1/',
    'https://example.com/',
    'https://[2001:db8::1]/',
    'https://128.0.0.1/',
  ]) {
    assert.equal(await includes([], url), false, url)
  }
})

test('parseInsecureHosts() matches hosts, hosts with a port, and blocks', async () => {
  assert.equal(await includes(['Reg.Example.com'], 'https://reg.example.com:5000/'), true)
  assert.equal(await includes(['reg.example.com:5000'], 'https://reg.example.com:5000/'), true)
  assert.equal(await includes(['reg.example.com:5000'], 'https://reg.example.com/'), false)
  assert.equal(await includes(['10.0.0.0/8'], 'https://10.1.2.3:5000/'), true)
  assert.equal(await includes(['2001:db8::/32'], 'https://[2001:db8::1]/'), true)
})

test('parseInsecureHosts() refuses what is neither a host nor a block', () => {
  for (const entry of ['http://reg', '10.0.0.0/33', '[fe80::]/64', '', 'a b', '-x', '1.2.3/8']) {
    assert.throws(() => parseInsecureHosts([entry]), {
      code: 'invalid-argument',
      message: `insecure registry ${entry} is not valid: invalid host ${JSON.stringify(entry)}`,
    })
  }
  fc.assert(
    fc.property(fc.string(), (entry) => {
      try {
        parseInsecureHosts([entry])
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'invalid-argument')
      }
    }),
  )
})
