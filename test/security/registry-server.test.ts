import assert from 'node:assert/strict'
import { compare, hashSync } from 'bcryptjs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { digestOf, mediaTypes } from '@berth/oci'
import { openHtpasswd, type AccessPolicy } from '@berth/registry-server'
import { silentLogger } from '@berth/stdx'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { RegistryRequests } from '../conformance/registry/registry-requests.ts'
import { bearer, startGuarded } from '../integration/hub/guarded-registry.ts'
import { kill, launcher } from '../integration/hub/hub-program.ts'
import { startMirror } from '../integration/hub/mirror-fixture.ts'
import { serveRegistry } from '../integration/hub/served-registry.ts'

const mebibyte = 1024 * 1024

test('CVE-2017-11468: a manifest of more than four megabytes is refused, also one whose length nobody told', async () => {
  await using served = await serveRegistry()
  const headers = { 'Content-Type': mediaTypes.ociManifest }
  const requests = new RegistryRequests(served.url)
  const body = Buffer.alloc(4 * mebibyte + 1, ' ')
  await requests.send('PUT', '/v2/a/b/manifests/v1', { body, headers, status: 413 })
  const endless = httpRequest(`${served.url}/v2/a/b/manifests/v1`, { method: 'PUT', headers })
  endless.on('error', () => {})
  let sentBytes = 0
  const send = () => {
    while (!endless.destroyed && sentBytes < 512 * mebibyte) {
      sentBytes += mebibyte
      if (!endless.write(body.subarray(0, mebibyte))) return void endless.once('drain', send)
    }
  }
  send()
  const [response] = (await once(endless, 'response')) as [IncomingMessage]
  response.resume()
  assert.equal(response.statusCode, 413)
  endless.destroy()
  assert.ok(sentBytes < 64 * mebibyte, `${sentBytes} bytes were taken`)
})

test('CVE-2023-2253: however many entries are asked for, a list has a thousand', async () => {
  await using served = await serveRegistry()
  const requests = new RegistryRequests(served.url)
  const { digest, bytes } = await requests.pushImage('many/tags', 'first')
  for (let batch = 0; batch < 11; batch++) {
    const tags = Array.from({ length: 100 }, (_, index) => `tag=t${batch}-${index}`).join('&')
    const options = { body: bytes, headers: { 'Content-Type': mediaTypes.ociManifest }, status: 201 }
    await requests.send('PUT', `/v2/many/tags/manifests/${digest}?${tags}`, options)
  }
  for (const path of ['/v2/many/tags/tags/list', '/v2/_catalog', `/v2/many/tags/referrers/${digest}`]) {
    for (const n of ['1000000000', '999999999999999']) {
      const response = await requests.send('GET', `${path}?n=${n}`, { status: 200 })
      const { tags = [] } = (await response.json()) as { tags?: string[] }
      assert.ok(tags.length <= 1000)
    }
    for (const n of ['-1', 'abc', '1e9', '99999999999999999999', '0x10', '%00'])
      await requests.send('GET', `${path}?n=${n}`, { status: 400 })
  }
  const whole = await requests.send('GET', '/v2/many/tags/tags/list?n=5000', { status: 200 })
  assert.match(whole.headers.get('link') ?? '', /rel="next"/)
})

test('CVE-2026-41888: nothing is deleted or replaced by who may not, in none of the ways there are', async () => {
  await using guarded = await startGuarded()
  const owner = bearer(await guarded.tokenFor('owner', 'repository:private/app:pull,push,delete'))
  const config = await pushBlob(guarded.requests, 'private/app', owner)
  const document = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [] }
  const body = JSON.stringify(document)
  const digest = digestOf(body)
  const put = { body, headers: { ...owner, 'Content-Type': mediaTypes.ociManifest } }
  await guarded.requests.send('PUT', '/v2/private/app/manifests/v1', { ...put, status: 201 })
  const ways = [
    ['DELETE', 'manifests/v1'],
    ['DELETE', 'manifests/absent'],
    ['DELETE', `manifests/${digest}`],
    ['DELETE', `manifests/${digestOf('absent')}`],
    ['DELETE', `blobs/${config.digest}`],
    ['PUT', 'manifests/v1'],
    ['PUT', 'manifests/absent'],
    ['PUT', `manifests/${digest}?tag=v1`],
  ] as const
  for (const [role, actions] of [
    ['everyone', 'pull'],
    ['reader', 'pull'],
    ['writer', 'pull,push'],
    ['owner', 'pull'],
  ] as const) {
    const token = bearer(await guarded.tokenFor(role, `repository:private/app:${actions}`))
    for (const [method, path] of ways) {
      if (method === 'PUT' && actions === 'pull,push') continue
      const headers = { ...put.headers, ...token }
      const options = { headers, status: 401, ...(method === 'PUT' && { body }) }
      await guarded.requests.send(method, `/v2/private/app/${path}`, options)
    }
  }
  await guarded.requests.send('GET', '/v2/private/app/manifests/v1', { headers: owner, status: 200 })
  await guarded.requests.send('GET', `/v2/private/app/blobs/${config.digest}`, {
    headers: owner,
    status: 200,
  })
})

async function pushBlob(requests: RegistryRequests, repository: string, headers: Record<string, string>) {
  const digest = digestOf('{}')
  const path = `/v2/${repository}/blobs/uploads/?digest=${digest}`
  await requests.send('POST', path, { body: '{}', headers, status: 201 })
  return { mediaType: mediaTypes.ociConfig, digest, size: 2 }
}

test('CVE-2023-20902: a name that is not there takes as long as a wrong password', async () => {
  await using stack = new AsyncDisposableStack()
  const file = join(await temporaryDirectory(stack), 'htpasswd')
  await writeFile(file, `owner:${hashSync('password', 10)}\n`)
  const accounts = await openHtpasswd({ path: file, compare, publicRepositories: [], logger: silentLogger })
  const times: Record<string, number[]> = { owner: [], nobody: [] }
  for (let round = 0; round < 7; round++) {
    for (const [name, taken] of Object.entries(times)) {
      const startedAt = process.cpuUsage()
      assert.equal(await accounts.authenticate(name, `guess ${round}`), undefined)
      taken.push(process.cpuUsage(startedAt).user)
    }
  }
  const [known = 0, unknown = 0] = Object.values(times).map(
    (taken) => taken.toSorted((a, b) => a - b)[3] ?? 0,
  )
  assert.ok(unknown > known / 2 && unknown < known * 2, `${known} µs and ${unknown} µs`)
})

test('CVE-2025-4374: who may not read a mirrored repository neither reaches upstream nor makes it here', async () => {
  const access: AccessPolicy = {
    grant: async () => ({
      allows: (wanted) =>
        wanted.action === 'base' || ('repository' in wanted && wanted.repository === 'up.test/open/app'),
      challenge: () => 'Basic realm="test"',
    }),
  }
  await using fixture = await startMirror({ registry: { access } })
  const { digest } = await fixture.there.pushImage('closed/app', 'latest')
  await fixture.there.pushImage('open/app', 'latest')
  fixture.asked()
  for (const path of [
    '/v2/closed/app/manifests/latest',
    '/v2/up.test/closed/app/manifests/latest',
    `/up.test/v2/closed/app/manifests/${digest}`,
    `/v2/closed/app/blobs/${digest}?ns=up.test`,
    '/v2/closed/app/tags/list',
    `/v2/closed/app/referrers/${digest}`,
    '/v2/open/app/../../closed/app/manifests/latest',
    '/v2/open%2Fapp/manifests/latest',
  ]) {
    const response = await fetch(fixture.mirror.url + path)
    assert.ok([400, 401, 404].includes(response.status), `${path}: ${response.status}`)
  }
  assert.deepEqual(fixture.asked(), [])
  assert.deepEqual(
    await fixture.mirror.registry.contents.listTags('up.test/closed/app', { last: '', limit: 9 }),
    [],
  )
  await fixture.here.send('GET', '/v2/open/app/manifests/latest', { status: 200 })
})

test('CVE-2021-41190: a document that can be read as a manifest and as an index is not taken', async () => {
  await using served = await serveRegistry()
  const requests = new RegistryRequests(served.url)
  const config = await pushBlob(requests, 'two/ways', {})
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [] }
  for (const [document, type] of [
    [{ ...manifest, manifests: [] }, mediaTypes.ociManifest],
    [{ ...manifest, manifests: [], mediaType: mediaTypes.ociIndex }, mediaTypes.ociIndex],
    [manifest, mediaTypes.ociIndex],
    [manifest, mediaTypes.dockerManifest],
    [{ ...manifest, mediaType: mediaTypes.ociIndex }, mediaTypes.ociManifest],
  ] as const) {
    const options = { body: JSON.stringify(document), headers: { 'Content-Type': type } }
    await requests.send('PUT', '/v2/two/ways/manifests/v1', { ...options, status: 400 })
  }
  await requests.send('GET', '/v2/two/ways/manifests/v1', { status: 404 })
})

test('CVE-2024-3727: a digest that is none is refused on every path and makes no file', async () => {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const { url } = stack.use(await serveRegistry({ directory }))
  const requests = new RegistryRequests(url)
  const before = await readdir(directory, { recursive: true })
  const hex = digestOf('x').slice('sha256:'.length)
  for (const digest of [
    `sha256:../../../../tmp/${hex}`,
    'sha256:..',
    `sha256:${hex.toUpperCase().replace(/\d/g, 'F')}`,
    `sha256:${hex}0`,
    `sha256:${hex.slice(1)}`,
    `sha1:${hex.slice(0, 40)}`,
    `../sha256:${hex}`,
    `sha256:${hex}\0`,
    `sha256%3A${hex}/../x`,
    ':',
  ]) {
    const text = encodeURIComponent(digest)
    for (const [method, path] of [
      ['GET', `blobs/${text}`],
      ['DELETE', `blobs/${text}`],
      ['POST', `blobs/uploads/?digest=${text}`],
      ['POST', `blobs/uploads/?mount=${text}`],
      ['GET', `referrers/${text}`],
      ['GET', `manifests/${text}`],
      ['PUT', `manifests/${text}`],
    ] as const) {
      const response = await fetch(`${url}/v2/a/b/${path}`, { method })
      assert.ok([400, 404].includes(response.status), `${method} ${path}: ${response.status}`)
    }
  }
  await requests.send('GET', '/v2/', { status: 200 })
  assert.deepEqual(await readdir(directory, { recursive: true }), before)
})

test('CVE-2023-46737, CVE-2024-29902, CVE-2024-29903: referrers that are many and large come in pages that a client can hold', async () => {
  await using served = await serveRegistry()
  const requests = new RegistryRequests(served.url)
  const { digest: subject, bytes } = await requests.pushImage('signed/app', 'latest')
  const config = await pushBlob(requests, 'signed/app', {})
  for (let index = 0; index < 6; index++) {
    await requests.pushManifest('signed/app', `s${index}`, {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      artifactType: 'application/signature',
      config,
      layers: [],
      subject: { mediaType: mediaTypes.ociManifest, digest: subject, size: bytes.length },
      annotations: { index: String(index), padding: 'x'.repeat(mebibyte) },
    })
  }
  const seen = new Set<string>()
  let pages = 0
  for (let path: string | undefined = `/v2/signed/app/referrers/${subject}`; path !== undefined; pages++) {
    const response = await requests.send('GET', path, { status: 200 })
    const text = await response.text()
    assert.ok(text.length < 4 * mebibyte)
    const { manifests } = JSON.parse(text) as { manifests: { digest: string }[] }
    for (const { digest } of manifests) seen.add(digest)
    path = /^<([^>]+)>/.exec(response.headers.get('link') ?? '')?.[1]
  }
  assert.deepEqual([seen.size, pages], [6, 3])
})

test('CVE-2025-48374, zot 8a99a3ed: the program logs no secret, at its most talkative', async () => {
  await using stack = new AsyncDisposableStack()
  const data = await temporaryDirectory(stack)
  const file = join(data, 'htpasswd')
  await writeFile(file, `owner:${hashSync('planted-password', 4)}\n`)
  const flags = ['--data', data, '--htpasswd', file, '--log-level', 'trace', '--workers', '1']
  const child = spawn(launcher, ['serve', '--listen', '127.0.0.1:0', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  stack.defer(() => kill(child))
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => (log += String(chunk)))
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const url = line.replace('berth-hub listens on ', '')
  const basic = (password: string) => ({
    Authorization: `Basic ${Buffer.from(`owner:${password}`).toString('base64')}`,
  })
  const scope = 'service=x&scope=repository:a/b:pull,push'
  await fetch(`${url}/auth/token?${scope}`, { headers: basic('planted-wrong') })
  const right = await fetch(`${url}/auth/token?${scope}`, { headers: basic('planted-password') })
  const { token = 'none' } = (await right.json()) as { token?: string }
  for (const headers of [{ Authorization: `Bearer ${token}` }, { Authorization: 'Bearer planted-token' }])
    for (const path of ['/v2/', '/v2/a/b/manifests/v1', '/v2/a/b/blobs/uploads/'])
      await fetch(url + path, { headers, method: path.endsWith('uploads/') ? 'POST' : 'GET' })
  child.kill('SIGTERM')
  await once(child, 'close')
  assert.match(log, /"msg":"listening"/)
  for (const secret of [
    'planted',
    Buffer.from('owner:planted-password').toString('base64'),
    token.slice(-40),
  ])
    assert.ok(!log.includes(secret), secret)
})
