import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveConfig } from './daemon-config.ts'
import { nextConfig } from './next-config.ts'

const source = { configFile: '/etc/berth/daemon.json', ignored: [] }
const config = resolveConfig({ 'registry-mirrors': ['https://a.example.com'] }, source)

test('nextConfig() takes over what can change and names what waits', () => {
  const wanted = resolveConfig(
    { 'registry-mirrors': ['https://b.example.com'], 'live-restore': true, 'data-root': '/elsewhere' },
    source,
  )
  const { config: next, postponed } = nextConfig(config, wanted)
  assert.deepEqual(next.registryMirrors, ['https://b.example.com/'])
  assert.equal(next.isLiveRestore, true)
  assert.equal(next.dataRoot, config.dataRoot)
  assert.deepEqual(postponed, ['dataRoot'])
})

test('nextConfig() of the same configuration changes nothing', () => {
  assert.deepEqual(nextConfig(config, config), { config, postponed: [] })
})
