import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { engineEndpoint, type EndpointChoice } from './engine-endpoint.ts'
import { readConfig } from './read-config.ts'

const none: EndpointChoice = {
  hosts: [],
  context: '',
  tls: false,
  tlsverify: false,
  tlscacert: '',
  tlscert: '',
  tlskey: '',
}

describe('engineEndpoint()', () => {
  test('takes -H before everything else', async () => {
    const { host } = await engineEndpoint(
      { ...none, hosts: ['tcp://a:1'] },
      { folder: '/x', currentContext: 'c' },
      { DOCKER_HOST: 'tcp://b:2' },
    )
    assert.equal(host, 'tcp://a:1')
  })

  test('takes DOCKER_HOST before the context of config.json', async () => {
    const endpoint = await engineEndpoint(
      none,
      { folder: '/x', currentContext: 'c' },
      { DOCKER_HOST: '/run/x.sock' },
    )
    assert.deepEqual(endpoint, { host: 'unix:///run/x.sock', contextName: 'default', tls: undefined })
  })

  test('reads a context from its files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'berth-config-'))
    try {
      const meta = join(folder, 'contexts', 'meta', createHash('sha256').update('far').digest('hex'))
      await mkdir(meta, { recursive: true })
      await writeFile(
        join(meta, 'meta.json'),
        '{"Name":"far","Endpoints":{"docker":{"Host":"tcp://far:2375"}}}',
      )
      await writeFile(join(folder, 'config.json'), '{"currentContext":"far"}')
      const endpoint = await engineEndpoint(none, readConfig(folder), {})
      assert.deepEqual(endpoint, { host: 'tcp://far:2375', contextName: 'far', tls: undefined })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('refuses what cannot be', async () => {
    const twice = { ...none, hosts: ['tcp://a', 'tcp://b'] }
    await assert.rejects(engineEndpoint(twice, { folder: '/x' }, {}), { message: 'specify only one -H' })
    await assert.rejects(engineEndpoint({ ...none, context: 'nope' }, { folder: '/x' }, {}), {
      code: 'not-found',
    })
    const named = { ...none, hosts: ['tcp://a'], tlsverify: true, tlscacert: '/nonexistent' }
    await assert.rejects(engineEndpoint(named, { folder: '/x' }, {}), {
      message: 'could not read /nonexistent',
    })
  })
})
