import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseHostsFile } from './hosts-file.ts'

test('parseHostsFile() reads hosts in their order, with what is said of each', () => {
  const { hosts, server } = parseHostsFile(
    `
server = "https://registry-1.docker.io"
[host."https://near.example.com/cache"]
  capabilities = ["pull"]
  ca = "near.pem"
  client = [["a.cert", "a.key"], ["both.pem", ""]]
  override_path = true
  dial_timeout = "1.5s"
  [host."https://near.example.com/cache".header]
    x-team = ["a", "b"]
[host."far.example.com:5000"]
  skip_verify = true
`,
    'https://docker.io',
  )
  assert.equal(server.url.href, 'https://registry-1.docker.io/')
  const [near, far] = hosts
  assert.equal(near?.url.href, 'https://near.example.com/cache')
  assert.deepEqual([...(near?.capabilities ?? [])], ['pull'])
  assert.deepEqual(near?.caFiles, ['near.pem'])
  assert.deepEqual(near?.clientFiles, [
    { certFile: 'a.cert', keyFile: 'a.key' },
    { certFile: 'both.pem', keyFile: 'both.pem' },
  ])
  assert.deepEqual(
    [near?.isPathOverridden, near?.dialTimeoutMs, near?.headers],
    [true, 1500, { 'x-team': 'a, b' }],
  )
  assert.equal(far?.url.href, 'https://far.example.com:5000/')
  assert.deepEqual([...(far?.capabilities ?? [])].sort(), ['pull', 'push', 'resolve'])
  assert.equal(far?.isAnyCertificateAccepted, true)
})

test('parseHostsFile() refuses what could not be meant, and tells no password', () => {
  const refused: Record<string, RegExp> = {
    'server = "https://ann:secret@r.example.com"': /^"https:\/\/r\.example\.com" is not the URL of a host$/,
    'server = "ftp://r.example.com"': /is not the URL of a host$/,
    '[host."https://a"]\ncapabilities = ["fly"]': /^unknown capability "fly"$/,
    '[host."https://a"]\ndial_timeout = "soon"': /is not a duration/,
    '[host."https://a"]\nskip_verify = "yes"': /^skip_verify is of another type/,
    '[host."https://a".header]\nx = "a\\nb"': /^header holds what cannot be sent$/,
    'host = "a"': /^host is not a table$/,
  }
  for (const [text, message] of Object.entries(refused))
    assert.throws(() => parseHostsFile(text, 'https://r'), { code: 'invalid-argument', message })
})
