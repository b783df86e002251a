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

test('parseHostsFile() reads as containerd does: a path that ends with /v2, no capabilities, long durations', () => {
  const { hosts } = parseHostsFile(
    '[host."https://a/v2/cache"]\n[host."https://a/cache/v2/"]\ncapabilities = []\n[host."b"]\ndial_timeout = "1m1.5s"\ncapabilities = ["Pull"]\n[host."c"]\ndial_timeout = "0s"\n',
    'https://r',
  )
  assert.deepEqual(
    hosts.map(({ url, isPathOverridden, capabilities, dialTimeoutMs }) => [
      url.href,
      isPathOverridden,
      [...capabilities].join(),
      dialTimeoutMs,
    ]),
    [
      ['https://a/v2/cache', false, 'resolve,pull,push', undefined],
      ['https://a/cache/v2', true, 'resolve,pull,push', undefined],
      ['https://b/', false, 'pull', 61_500],
      ['https://c/', false, 'resolve,pull,push', undefined],
    ],
  )
})

test('parseHostsFile() refuses what could not be meant, with the line, and tells no password', () => {
  const refused: Record<string, RegExp> = {
    'server = "https://ann:secret@r.example.com"':
      /^line 1: "https:\/\/r\.example\.com" is not the URL of a host$/,
    'server = "ftp://r.example.com"': /^line 1: .* is not the URL of a host$/,
    'server = 1': /^line 1: server is not text$/,
    '\n[host."https://ann:secret@a"]': /^line 2: "https:\/\/a" is not the URL of a host$/,
    '[host]\n"https://a" = 1': /^line 2: the value of a host is not a table$/,
    '[host."https://a"]\n# of it\ncapabilities = ["fly"]': /^line 3: unknown capability "fly"$/,
    '[host."https://a"]\ncapabilities = "pull"': /^line 2: capabilities is not a list$/,
    '[host."https://a"]\ndial_timeout = "soon"': /^line 2: "soon" is not a duration/,
    '[host."https://a"]\nskip_verify = "yes"': /^line 2: skip_verify is neither true nor false$/,
    '[host."https://a"]\nclient = [["a", "b", "c"]]': /^line 2: client is not a pair of files$/,
    '[host."https://a".header]\nx = "a\\nb"': /^line 2: header holds what cannot be sent$/,
    'host = "a"': /^line 1: host is not a table$/,
  }
  for (const [text, message] of Object.entries(refused))
    assert.throws(() => parseHostsFile(text, 'https://r'), { code: 'invalid-argument', message })
})
