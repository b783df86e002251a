import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '@berth/oci'
import { startMirror } from '../integration/hub/mirror-fixture.ts'
import { outsideAddress, startWebServer } from '../fixtures/web-server.ts'

const outside = outsideAddress()
const skip = outside === undefined ? 'no address besides loopback' : false

const insideHosts = ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '169.254.169.254', '[::ffff:127.0.0.1]']
const digest = digestOf('of this machine')
const paths = [
  `/v2/a/b/blobs/${digest}`,
  `/v2/a/b/manifests/${digest}`,
  '/v2/a/b/manifests/latest',
  '/v2/a/b/tags/list',
]

for (const way of ['a redirect', 'its realm'])
  test(
    `CVE-2026-32591: an upstream elsewhere cannot make the mirror ask its own machine by ${way}`,
    { skip },
    async () => {
      await using inside = await startWebServer((_request, response) => response.end('of this machine'))
      const { port } = new URL(inside.url)
      let host = ''
      await using upstream = await startWebServer(({ path }, response) => {
        const target = `http://${host}:${port}`
        if (way === 'its realm')
          response.writeHead(401, { 'WWW-Authenticate': `Bearer realm="${target}/token",service="s"` }).end()
        else if (path === '/v2/') response.end()
        else response.writeHead(307, { Location: target + path }).end()
      }, outside)
      for (host of insideHosts) {
        const before = upstream.requests.length
        await using fixture = await startMirror({ url: upstream.url })
        for (const path of paths) {
          const response = await fetch(fixture.mirror.url + path)
          const body = await response.text()
          assert.ok([403, 502].includes(response.status), `${host} ${path}: ${response.status} ${body}`)
          assert.doesNotMatch(body, /of this machine/)
        }
        assert.ok(upstream.requests.length > before)
      }
      assert.deepEqual(inside.requests, [])
    },
  )
