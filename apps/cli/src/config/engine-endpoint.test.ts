import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { contextStore } from '../contexts/context-store.ts'
import { contextEndpoint } from './context-endpoint.ts'
import { chosenContext, defaultEndpoint, type EndpointChoice } from './engine-endpoint.ts'
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

const config = { folder: '/x', currentContext: 'c' }

describe('chosenContext()', () => {
  test('takes -H before everything else, then --context, DOCKER_HOST, DOCKER_CONTEXT and config.json', () => {
    const env = { DOCKER_HOST: 'tcp://b:2', DOCKER_CONTEXT: 'e' }
    assert.equal(chosenContext({ ...none, hosts: ['tcp://a:1'] }, config, env), 'default')
    assert.equal(chosenContext({ ...none, context: 'f' }, config, env), 'f')
    assert.equal(chosenContext(none, config, env), 'default')
    assert.equal(chosenContext(none, config, { DOCKER_CONTEXT: 'e' }), 'e')
    assert.equal(chosenContext(none, config, {}), 'c')
    assert.equal(chosenContext(none, { folder: '/x' }, {}), 'default')
  })

  test('refuses what cannot be', () => {
    const twice = { ...none, hosts: ['tcp://a', 'tcp://b'] }
    assert.throws(() => chosenContext(twice, config, {}), { message: 'specify only one -H' })
    assert.throws(() => chosenContext({ ...none, hosts: ['tcp://a'], context: 'b' }, config, {}), {
      message: 'conflicting options: cannot specify both --host and --context',
    })
  })
})

describe('defaultEndpoint()', () => {
  test('takes -H before DOCKER_HOST', () => {
    const env = { DOCKER_HOST: '/run/x.sock' }
    assert.equal(defaultEndpoint({ ...none, hosts: ['tcp://a:1'] }, config, env).host, 'tcp://a:1')
    assert.deepEqual(defaultEndpoint(none, config, env), { host: 'unix:///run/x.sock', tls: undefined })
  })

  test('refuses a certificate that was named and is not there', () => {
    const named = { ...none, hosts: ['tcp://a'], tlsverify: true, tlscacert: '/nonexistent' }
    assert.throws(() => defaultEndpoint(named, config, {}), { message: 'could not read /nonexistent' })
  })
})

test('contextEndpoint() reads a context with its certificates', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'berth-config-'))
  try {
    const docker = { Host: 'tcp://far:2375', SkipTLSVerify: false }
    const metadata = { Name: 'far', Metadata: {}, Endpoints: { docker } }
    await contextStore({ folder }).put({ metadata, tls: new Map() })
    await writeFile(join(folder, 'config.json'), '{"currentContext":"far"}')
    const config = readConfig(folder)
    assert.deepEqual(await contextEndpoint(chosenContext(none, config, {}), config), {
      host: 'tcp://far:2375',
      tls: undefined,
    })
    const ca = Buffer.from('CA')
    await contextStore({ folder }).put({ metadata, tls: new Map([['docker/ca.pem', ca]]) })
    assert.deepEqual(await contextEndpoint('far', config), {
      host: 'tcp://far:2375',
      tls: { verify: true, ca, cert: undefined, key: undefined },
    })
    await assert.rejects(contextEndpoint('nope', config), { code: 'not-found' })
  } finally {
    await rm(folder, { recursive: true })
  }
})
