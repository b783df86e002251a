import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatPlatform, hostPlatform, normalizePlatform, type Platform } from './platform.ts'

const normal = (os: string, architecture: string, variant?: string): string =>
  formatPlatform(normalizePlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) }))

test('normalizePlatform() knows other names, and leaves the usual variant out', () => {
  for (const [os, architecture, variant, expected] of [
    ['Linux', 'x86_64', undefined, 'linux/amd64'],
    ['linux', 'x86-64', 'v1', 'linux/amd64'],
    ['linux', 'amd64', 'V3', 'linux/amd64/v3'],
    ['linux', 'Aarch64', undefined, 'linux/arm64'],
    ['linux', 'arm64', 'v8', 'linux/arm64'],
    ['linux', 'arm64', '8', 'linux/arm64'],
    ['linux', 'arm64', 'v8.2', 'linux/arm64/v8.2'],
    ['linux', 'arm64', 'v9.0', 'linux/arm64/v9'],
    ['linux', 'arm', undefined, 'linux/arm/v7'],
    ['linux', 'arm', '', 'linux/arm/v7'],
    ['linux', 'arm', '6', 'linux/arm/v6'],
    ['linux', 'armhf', 'v6', 'linux/arm/v7'],
    ['linux', 'armel', undefined, 'linux/arm/v6'],
    ['linux', 'i386', 'v2', 'linux/386'],
    ['linux', 's390x', undefined, 'linux/s390x'],
    ['', 'amd64', undefined, 'linux/amd64'],
    ['macOS', 'arm64', undefined, 'darwin/arm64'],
    ['linux', 'constructor', undefined, 'linux/constructor'],
    ['linux', '__proto__', undefined, 'linux/__proto__'],
    ['unknown', 'unknown', undefined, 'unknown/unknown'],
  ] as const)
    assert.equal(normal(os, architecture, variant), expected)
})

test('normalizePlatform() keeps other fields and normalises once for all', () => {
  const platform = fc.record<Platform>({
    os: fc.constantFrom('linux', 'Windows', '', 'macos'),
    architecture: fc.constantFrom('amd64', 'x86_64', 'arm', 'armhf', 'armel', 'arm64', 'i386', 'toString'),
    variant: fc.constantFrom('', '8', 'v8', 'v7', 'V6', '9.0', 'v1', 'v3', '__proto__'),
    'os.version': fc.string(),
    'os.features': fc.array(fc.string()),
  })
  fc.assert(
    fc.property(platform, (value) => {
      const once = normalizePlatform(value)
      assert.deepEqual(normalizePlatform(once), once)
      assert.equal(once['os.version'], value['os.version'])
      assert.deepEqual(once['os.features'], value['os.features'])
    }),
  )
})

test('hostPlatform() translates Node’s names', () => {
  assert.deepEqual(hostPlatform('x64'), { os: 'linux', architecture: 'amd64' })
  assert.deepEqual(hostPlatform('arm64'), { os: 'linux', architecture: 'arm64' })
  assert.deepEqual(hostPlatform('ia32'), { os: 'linux', architecture: '386' })
  assert.deepEqual(hostPlatform(), hostPlatform(process.arch))
})
