import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Descriptor } from './descriptor.ts'
import { digestOf } from './digest.ts'
import { mediaTypes } from './media-types.ts'
import { parsePlatform } from './parse-platform.ts'
import { platformDistance, selectManifests } from './platform-distance.ts'
import type { Platform } from './platform.ts'

/** What each machine runs, best first; nothing else. */
const runs: Record<string, string[]> = {
  'linux/amd64': ['linux/amd64', 'linux/386'],
  'linux/amd64/v3': ['linux/amd64/v3', 'linux/amd64/v2', 'linux/amd64', 'linux/386'],
  'linux/386': ['linux/386'],
  'linux/arm/v8': ['linux/arm/v8', 'linux/arm/v7', 'linux/arm/v6', 'linux/arm/v5'],
  'linux/arm': ['linux/arm/v7', 'linux/arm/v6', 'linux/arm/v5'],
  'linux/arm/v6': ['linux/arm/v6', 'linux/arm/v5'],
  'linux/arm/v5': ['linux/arm/v5'],
  'linux/arm/v4': ['linux/arm/v4'],
  'linux/arm64': ['linux/arm64', 'linux/arm/v8', 'linux/arm/v7', 'linux/arm/v6', 'linux/arm/v5'],
  'linux/arm64/v8.1': [
    'linux/arm64/v8.1',
    'linux/arm64',
    'linux/arm/v8',
    'linux/arm/v7',
    'linux/arm/v6',
    'linux/arm/v5',
  ],
  'linux/arm64/v9.1': [
    ...['v9.1', 'v9', 'v8.6', 'v8.5', 'v8.4', 'v8.3', 'v8.2', 'v8.1'].map((level) => `linux/arm64/${level}`),
    'linux/arm64',
    ...['v8', 'v7', 'v6', 'v5'].map((level) => `linux/arm/${level}`),
  ],
  'linux/s390x': ['linux/s390x'],
  'windows/amd64': ['windows/amd64', 'windows/386'],
}
const candidates = [
  ...new Set([...Object.values(runs).flat(), 'linux/arm64/v8.7', 'linux/amd64/v4', 'linux/arm/v9']),
]

const descriptor = (platform: Platform | undefined): Descriptor => ({
  mediaType: mediaTypes.ociManifest,
  digest: digestOf(JSON.stringify(platform ?? null)),
  size: 1,
  ...(platform && { platform }),
})

test('platformDistance() grows from what a machine is to what it just still runs', () => {
  for (const [machine, expected] of Object.entries(runs)) {
    const wanted = parsePlatform(machine)
    const found = candidates
      .map((name) => ({ name, distance: platformDistance(wanted, parsePlatform(name)) }))
      .filter(({ distance }) => distance !== undefined)
      .sort((a, b) => Number(a.distance) - Number(b.distance))
    assert.deepEqual(
      found.map(({ name }) => name),
      expected,
      machine,
    )
    assert.equal(found[0]?.distance, 0)
  }
})

test('platformDistance() takes other names of one platform for the same', () => {
  for (const [wanted, candidate] of [
    [
      { os: 'linux', architecture: 'amd64' },
      { os: 'LINUX', architecture: 'x86_64', variant: 'v1' },
    ],
    [
      { os: 'linux', architecture: 'aarch64' },
      { os: 'linux', architecture: 'arm64', variant: 'v8' },
    ],
    [
      { os: 'linux', architecture: 'armhf' },
      { os: 'linux', architecture: 'arm', variant: '7' },
    ],
    [
      { os: 'linux', architecture: 'amd64' },
      { os: '', architecture: 'amd64', variant: '' },
    ],
  ] as const)
    assert.equal(platformDistance(wanted, candidate), 0)
})

test('platformDistance() leaves alone what needs features that were not asked for', () => {
  const plain = { os: 'linux', architecture: 'amd64' }
  const special = { ...plain, 'os.features': ['erofs'] }
  assert.equal(platformDistance(plain, special), undefined)
  assert.equal(platformDistance(special, special), 0)
  assert.equal(platformDistance(special, plain), 0)
  assert.equal(platformDistance(plain, { ...plain, 'os.features': [] }), 0)
})

test('platformDistance() is quick about variants that do not exist', () => {
  for (const variant of ['v999999999', 'v9.999999999', 'v1e9', 'v-1', 'constructor']) {
    for (const architecture of ['amd64', 'arm', 'arm64']) {
      const odd = { os: 'linux', architecture, variant }
      assert.equal(platformDistance(odd, odd), 0)
      assert.equal(platformDistance({ os: 'linux', architecture }, odd), undefined)
    }
  }
})

test('selectManifests() puts the closest first, and what names no platform last', () => {
  const [any, v5, v7, x86, v6] = [
    undefined,
    'linux/arm/v5',
    'linux/arm/v7',
    'linux/amd64',
    'linux/arm/v6',
  ].map((name) => descriptor(name === undefined ? undefined : parsePlatform(name)))
  assert.ok(any && v5 && v7 && x86 && v6)
  assert.deepEqual(selectManifests([any, v5, v7, x86, v6], parsePlatform('linux/arm/v7')), [v7, v6, v5, any])
  assert.deepEqual(selectManifests([any, v5], parsePlatform('linux/s390x')), [any])
  assert.deepEqual(selectManifests([v5], parsePlatform('linux/s390x')), [])
})

test('selectManifests() skips attestations', () => {
  const attestation = descriptor({ os: 'unknown', architecture: 'unknown' })
  const image = descriptor({ os: 'linux', architecture: 'amd64' })
  assert.deepEqual(selectManifests([attestation, image], parsePlatform('linux/amd64')), [image])
  assert.deepEqual(selectManifests([attestation], parsePlatform('linux/amd64')), [])
})

test('selectManifests() keeps the order of the index among equals', () => {
  const platforms = fc.constantFrom(...candidates.map(parsePlatform), undefined)
  const entries = fc
    .array(platforms)
    .map((list) => list.map((platform, index) => ({ ...descriptor(platform), size: index })))
  fc.assert(
    fc.property(entries, fc.constantFrom(...Object.keys(runs).map(parsePlatform)), (entries, wanted) => {
      const far = Number.MAX_SAFE_INTEGER
      const ranks = selectManifests(entries, wanted).map(({ platform, size }) => ({
        distance: platform ? (platformDistance(wanted, platform) ?? Number.NaN) : far,
        size,
      }))
      for (const [index, { distance, size }] of ranks.entries()) {
        const before = ranks[index - 1]
        assert.ok(
          !before || before.distance < distance || (before.distance === distance && before.size < size),
        )
      }
    }),
  )
})
