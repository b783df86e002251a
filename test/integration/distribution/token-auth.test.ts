import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { hash } from 'bcryptjs'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { startHub } from '../../fixtures/hub.ts'
import { busyboxImage } from '../../fixtures/images.ts'
import { runProgram } from '../../fixtures/program.ts'
import { startServing } from '../hub/hub-program.ts'
import { isRegistryInstalled, startDebianRegistry, type DebianRegistry } from './debian-registry.ts'

const isOnPath = async (name: string) => (await runProgram(['sh', '-c', `command -v ${name}`])).exitCode === 0
const lacking = (
  await Promise.all(['openssl', 'skopeo'].map(async (name) => ((await isOnPath(name)) ? [] : [name])))
).flat()
if (!(await isRegistryInstalled())) lacking.push('docker-registry')
const skip = lacking.length > 0 ? `${lacking.join(', ')} not on PATH` : false
const hasPodman = await isOnPath('podman')

let directory: string
let registry: DebianRegistry
let engine: TestEngine
const stack = suiteStack()

before(async () => {
  if (skip !== false) return
  directory = await temporaryDirectory(stack)
  const [key, certificate] = [join(directory, 'token.key'), join(directory, 'token.pem')]
  await run('openssl', 'ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key)
  await run(
    'openssl',
    'req',
    '-x509',
    '-key',
    key,
    '-days',
    '1',
    '-subj',
    '/CN=berth-hub',
    '-out',
    certificate,
  )
  await writeFile(join(directory, 'htpasswd'), `ann:${await hash('secret', 4)}\n`)
  const flags = ['--htpasswd', join(directory, 'htpasswd'), '--token-key', key, '--public', 'open/*']
  const { url } = await startServing(stack, join(directory, 'data'), flags)
  registry = stack.use(
    await startDebianRegistry({
      files: { 'token.pem': await readFile(certificate, 'utf8') },
      auth: `  token:
    realm: ${url}/auth/token
    service: berth-hub
    issuer: berth-hub
    rootcertbundle: "{directory}/token.pem"`,
    }),
  )
  engine = stack.use(await startEngine({ bridge: 'none' }))
})

async function run(...argv: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(argv)
  assert.equal(exitCode, 0, `${argv.join(' ')}: ${stderr}`)
  return stdout.trim()
}

const docker = (args: readonly string[], input = '') =>
  engine.docker(args, { input, env: { DOCKER_CONFIG: directory } })

test(
  "Debian's registry takes the tokens of berth-hub, from docker, skopeo and podman alike",
  { skip },
  async () => {
    await using source = await startHub()
    const image = await busyboxImage({ layers: [{ '/token': 'taken' }], mediaTypes: 'docker' })
    await source.push(image, 'team/app:v1')
    const name = `${registry.address}/team/app:v1`
    await docker(['pull', '-q', `${source.address}/team/app:v1`])
    await docker(['tag', `${source.address}/team/app:v1`, name])

    const refused = await docker(['push', name])
    assert.equal(refused.exitCode, 1)
    assert.match(
      refused.stderr,
      /denied: requested access to the resource is denied|unauthorized: authentication required/,
    )
    const wrong = await docker(['login', '-u', 'ann', '--password-stdin', registry.address], 'wrong')
    assert.equal(wrong.exitCode, 1)
    assert.match(wrong.stderr, /unauthorized/)
    const login = await docker(['login', '-u', 'ann', '--password-stdin', registry.address], 'secret')
    assert.equal(login.exitCode, 0, login.stderr)
    const pushed = await docker(['push', name])
    assert.equal(pushed.exitCode, 0, pushed.stderr)
    assert.match(pushed.stdout, new RegExp(`^v1: digest: ${image.descriptor.digest}`, 'm'))
    const mounted = `${registry.address}/team/other:v1`
    await docker(['tag', name, mounted])
    assert.match((await docker(['push', mounted])).stdout, /: Mounted from team\/app$/m)

    const authFile = join(directory, 'config.json')
    const copy = `${registry.address}/team/skopeo:v1`
    const flags = ['--authfile', authFile, '--src-tls-verify=false', '--dest-tls-verify=false']
    await run('skopeo', 'copy', ...flags, `docker://${name}`, `docker://${copy}`)
    const pulled = await docker(['pull', '-q', copy])
    assert.equal(pulled.exitCode, 0, pulled.stderr)
    if (hasPodman) await pullWithPodman(copy, authFile)
    await docker(['logout', registry.address])
    assert.equal((await docker(['pull', '-q', copy])).exitCode, 1)
  },
)

async function pullWithPodman(name: string, authFile: string): Promise<void> {
  const roots = ['--root', join(directory, 'podman'), '--runroot', join(directory, 'podman-run')]
  const podman = ['podman', ...roots, '--storage-driver', 'vfs', '--events-backend', 'file']
  await run(...podman, 'pull', '-q', '--tls-verify=false', '--authfile', authFile, name)
  await run(...podman, 'rmi', '-a', '-f')
}

test('a login that lasts is a token: the password is not kept, and the token pushes', { skip }, async () => {
  // Asked for as an engine does for docker's client, since berth-hub gives out tokens that last.
  const login = await docker(['login', '-u', 'ann', '--password-stdin', registry.address], 'secret')
  assert.equal(login.exitCode, 0, login.stderr)
  const { auths } = JSON.parse(await readFile(join(directory, 'config.json'), 'utf8')) as {
    auths: Record<string, { auth: string; identitytoken?: string }>
  }
  const kept = auths[registry.address] ?? assert.fail()
  assert.equal(Buffer.from(kept.auth, 'base64').toString(), 'ann:')
  assert.ok(kept.identitytoken)
  await using source = await startHub()
  await source.push(await busyboxImage({ layers: [{ '/token': 'kept' }] }), 'team/kept:v1')
  await docker(['pull', '-q', `${source.address}/team/kept:v1`])
  const name = `${registry.address}/team/kept:v1`
  await docker(['tag', `${source.address}/team/kept:v1`, name])
  const pushed = await docker(['push', '-q', name])
  assert.equal(pushed.exitCode, 0, pushed.stderr)
})
