import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findFreePort, temporaryDirectory } from '@berth/stdx/testsuite'
import { prepareCheckout } from '../setup/prepare-checkout.ts'
import { publishFigures } from './figures.ts'
import { measureInTurns } from './measure.ts'
import { mustRun } from './network-namespace.ts'
import { startProgram } from './program.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' } } })

await prepareCheckout()
await using stack = new AsyncDisposableStack()
const directory = await temporaryDirectory(stack)
const launcher = join(import.meta.dirname, '../bin/berth-hub')
const [name, password] = ['ann', 'a password of a bench']

/** Starts a hub; gives its `host:port`. */
async function startHub(access: 'open' | 'accounts'): Promise<string> {
  const data = join(directory, access)
  await mkdir(data)
  if (access === 'open') await mustRun([launcher, 'seed', '--data', data])
  const address = `127.0.0.1:${await findFreePort()}`
  const argv = [launcher, 'serve', '--listen', address, '--data', data, '--access', access]
  const hub = stack.use(startProgram(argv, join(directory, `${access}.log`)))
  await hub.readyAfterMs(
    async () => (await fetch(`http://${address}/readyz`).catch(() => undefined))?.ok === true,
  )
  return address
}

const [open, guarded] = [await startHub('open'), await startHub('accounts')]
const image = `dir:${directory}/image`
await mustRun(['skopeo', 'copy', '--src-tls-verify=false', `docker://${open}/library/hello-world`, image])
const signedUp = await fetch(`http://${guarded}/v2/users`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ username: name, email: 'ann@example.com', password }),
})
assert.equal(signedUp.status, 201)
const authFile = join(directory, 'auth.json')
let count = 0
await login(guarded)

async function pushTo(address: string, ...flags: string[]): Promise<void> {
  const target = `docker://${address}/${name}/box${count++}:v1`
  await mustRun(['skopeo', 'copy', '--dest-tls-verify=false', ...flags, image, target])
}

/** Without accounts a login looks whether there is a registry. */
async function login(address: string): Promise<void> {
  const flags = ['--tls-verify=false', '--authfile', authFile, '-u', name, '-p', password]
  await mustRun(['skopeo', 'login', ...flags, address])
}

async function timed(action: () => Promise<void>): Promise<number> {
  const startMs = performance.now()
  await action()
  return performance.now() - startMs
}

const push = (address: string) => () => timed(() => pushTo(address, '--dest-authfile', authFile))
const loginAndPush = (address: string) => () =>
  timed(async () => {
    await login(address)
    await pushTo(address, '--dest-authfile', authFile)
  })
const plan = { unit: 'ms', goal: 1.3, rounds: Number(values.rounds) } as const
await publishFigures('hub-accounts', [
  await measureInTurns({ ...plan, id: 'login-push', title: 'login and push of a small image' }, [
    { name: 'without accounts', measure: loginAndPush(open) },
    { name: 'with accounts', measure: loginAndPush(guarded) },
  ]),
  await measureInTurns({ ...plan, id: 'push', title: 'push of a small image, logged in' }, [
    { name: 'without accounts', measure: push(open) },
    { name: 'with accounts', measure: push(guarded) },
  ]),
])
