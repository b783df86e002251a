import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSameOrigin } from './same-origin.ts'

const hosts = ['hub.example:5000']

test('isSameOrigin() takes forms of this hub, and of programs that say nothing', () => {
  assert.equal(
    isSameOrigin({ origin: 'http://hub.example:5000', 'sec-fetch-site': 'same-origin' }, hosts),
    true,
  )
  assert.equal(isSameOrigin({ origin: 'https://hub.example:5000' }, hosts), true)
  assert.equal(isSameOrigin({}, hosts), true)
})

test('isSameOrigin() refuses forms of other sites', () => {
  const others = [
    'http://evil.example',
    'http://hub.example',
    'http://hub.example:5000.evil.example',
    'null',
    'x',
  ]
  for (const origin of others) assert.equal(isSameOrigin({ origin }, hosts), false, origin)
  for (const site of ['cross-site', 'same-site'])
    assert.equal(
      isSameOrigin({ origin: 'http://hub.example:5000', 'sec-fetch-site': site }, hosts),
      false,
      site,
    )
})
