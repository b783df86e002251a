import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { startEngine } from '../../fixtures/engine.ts'
import { startHub } from '../../fixtures/hub.ts'
import { buildImage } from '../../fixtures/images.ts'
import { outsideAddress, startWebServer } from '../../fixtures/web-server.ts'

const outside = outsideAddress()
const skip = outside === undefined ? 'no address besides loopback' : false

/** A hub on an address that is not loopback, without TLS. */
async function outsideHub(stack: AsyncDisposableStack) {
  const hub = stack.use(await startHub())
  const server = stack.use(
    await startWebServer(({ method, path, headers }, response) => {
      const { accept = '*/*' } = headers
      const forward = async () => {
        const answer = await fetch(hub.url + path, { method, headers: { accept } })
        response.writeHead(answer.status, Object.fromEntries(answer.headers))
        response.end(Buffer.from(await answer.arrayBuffer()))
      }
      forward().catch(() => response.destroy())
    }, outside),
  )
  return { hub, server }
}

test(
  'a registry without TLS beyond loopback is used when daemon.json lists it, from a reload on',
  { skip },
  async () => {
    await using stack = new AsyncDisposableStack()
    const directory = await temporaryDirectory(stack)
    const file = join(directory, 'daemon.json')
    const { hub, server } = await outsideHub(stack)
    await hub.push(await buildImage({ layers: [{ '/a': 'insecure' }] }), 'team/plain:v1')
    await writeFile(file, '{}')
    // Nobody listens at the proxy: what NO_PROXY names does not go by it.
    const env = {
      HTTP_PROXY: 'http://127.0.0.1:1',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      NO_PROXY: outside ?? '',
    }
    const engine = stack.use(await startEngine({ bridge: 'none', flags: ['--config-file', file], env }))
    const pull = () => engine.docker(['pull', '-q', `${server.address}/team/plain:v1`])

    const refused = await pull()
    assert.equal(refused.exitCode, 1)
    assert.match(refused.stderr, /http: server gave HTTP response to HTTPS client/)
    assert.deepEqual(server.requests, [])
    for (const entry of [server.address, `${outside}/32`]) {
      await writeFile(file, JSON.stringify({ 'insecure-registries': [entry] }))
      assert.equal((await engine.api('POST', '/berth/reload')).status, 200)
      const pulled = await pull()
      assert.equal(pulled.exitCode, 0, pulled.stderr)
      await engine.docker(['rmi', `${server.address}/team/plain:v1`])
    }
    await writeFile(file, '{}')
    await engine.api('POST', '/berth/reload')
    assert.equal((await pull()).exitCode, 1)
  },
)
