import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hostsIn, withHosts } from './edit-hosts-file.ts'

const written = `# ours
server = "https://ghcr.io"

[host."https://near.example.com"]
  capabilities = ["pull"] # no tags
  client = [
    ["a.cert", "a.key"],
  ]
  [host."https://near.example.com".header]
    x-team = "build"
# of the far one
[host.'https://far.example.com/cache']
`

test('withHosts() changes order and members, and keeps what is said of those that stay', () => {
  const both = withHosts(written, ['https://far.example.com/cache/', 'https://near.example.com'])
  assert.deepEqual(
    hostsIn(both).map(({ url }) => url),
    ['https://far.example.com/cache', 'https://near.example.com'],
  )
  for (const line of written.split('\n')) assert.ok(both.split('\n').includes(line), line)
  const [added] = hostsIn(withHosts(written, ['http://10.0.0.1:5000']))
  assert.deepEqual(added, { url: 'http://10.0.0.1:5000', capabilities: ['pull', 'resolve'] })
  assert.equal(withHosts(written, []), '# ours\nserver = "https://ghcr.io"\n\n')
  assert.equal(withHosts('', ['https://a']), '[host."https://a"]\n  capabilities = ["pull", "resolve"]\n')
})

test('withHosts() gives back what it was given when nothing is to change', () => {
  const urls = hostsIn(written).map(({ url }) => url)
  assert.equal(withHosts(written, urls), written)
})

test('withHosts() refuses what it cannot read or move', () => {
  assert.throws(() => withHosts('[host', []), { code: 'invalid-argument', message: /^line 1: / })
  assert.throws(() => withHosts('host."https://a".skip_verify = true', ['https://b']), {
    code: 'failed-precondition',
  })
  assert.throws(() => withHosts('[host]\n"https://a" = {}', []), { code: 'failed-precondition' })
})

test('withHosts() makes any list of hosts of any other', () => {
  const url = fc.webUrl({ validSchemes: ['https', 'http'] }).map((text) => new URL(text).href)
  const urls = fc.uniqueArray(url, { selector: (one) => one.replace(/\/+$/, ''), maxLength: 5 })
  fc.assert(
    fc.property(urls, urls, (before, after) => {
      const edited = withHosts(withHosts('server = "https://s"', before), after)
      assert.deepEqual(
        hostsIn(edited).map((host) => host.url),
        after.map((one) => one.replace(/\/+$/, '')),
      )
    }),
  )
})
