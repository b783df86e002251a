import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { hash } from 'bcryptjs'
import { busyboxImage } from '../../fixtures/images.ts'
import { startHub } from '../../fixtures/hub.ts'
import { startProgram, startServing } from './hub-program.ts'

const run = promisify(execFile)
const hasProgram = (name: string, flag: string) =>
  run(name, [flag]).then(
    () => true,
    () => false,
  )
const [hasSkopeo, hasOpenssl] = [
  await hasProgram('skopeo', '--version'),
  await hasProgram('openssl', 'version'),
]

for (const scheme of ['token', 'basic']) {
  test(
    `berth-hub with accounts from a file: skopeo logs in by ${scheme}, pushes and pulls; others may what is public`,
    { skip: !hasSkopeo && 'needs skopeo' },
    async () => {
      await using stack = new AsyncDisposableStack()
      const directory = await temporaryDirectory(stack)
      const htpasswd = join(directory, 'htpasswd')
      await writeFile(htpasswd, `me:${await hash('secret', 4)}\n`)
      const flags = ['--htpasswd', htpasswd, '--public', 'open/*', '--auth-scheme', scheme]
      const { url } = await startServing(stack, join(directory, 'data'), flags)
      const source = stack.use(await startHub())
      await source.push(await busyboxImage(), 'box:latest')
      const { host } = new URL(url)
      const skopeo = (...args: string[]) => run('skopeo', args)
      const copy = (...args: string[]) =>
        skopeo('copy', '--src-tls-verify=false', '--dest-tls-verify=false', ...args)
      const from = `docker://${source.address}/box:latest`
      for (const name of ['open/box', 'closed/box']) {
        await assert.rejects(copy(from, `docker://${host}/${name}:v1`))
        await assert.rejects(copy('--dest-creds', 'me:wrong', from, `docker://${host}/${name}:v1`))
        await copy('--dest-creds', 'me:secret', from, `docker://${host}/${name}:v1`)
        await copy(
          '--src-creds',
          'me:secret',
          `docker://${host}/${name}:v1`,
          `dir:${directory}/${name.replace('/', '-')}`,
        )
      }
      await assert.rejects(copy(`docker://${host}/closed/box:v1`, `dir:${directory}/stolen`))
      // Basic knows no anonymous clients once it asks for a name.
      if (scheme === 'token') await copy(`docker://${host}/open/box:v1`, `dir:${directory}/shared`)
    },
  )
}

test(
  'berth-hub serves HTTPS with a certificate from files',
  { skip: !hasOpenssl && 'needs openssl' },
  async () => {
    await using stack = new AsyncDisposableStack()
    const directory = await temporaryDirectory(stack)
    const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    await run('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert])
    const { url } = await startProgram(stack, join(directory, 'data'), ['--tls-cert', cert, '--tls-key', key])
    assert.match(url, /^https:/)
    const request = get(`${url}/v2/`, { ca: await readFile(cert), agent: false })
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.resume()
    assert.equal(response.statusCode, 200)
  },
)
