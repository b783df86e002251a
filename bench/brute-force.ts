import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findFreePort, temporaryDirectory } from '@berth/stdx/testsuite'
import { prepareCheckout } from '../setup/prepare-checkout.ts'
import { publishFigures } from './figures.ts'
import { measureSeriesInTurns } from './measure.ts'
import { startProgram } from './program.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } })
const launcher = join(import.meta.dirname, '../bin/berth-hub')
const wrongTries = 1000
const connections = 8
/** Ten an address, in each of the processes that answer, and what was on its way by then. */
const triedMax = 40
const password = 'a password of a bench'
const home = '127.0.0.1'

await prepareCheckout()
await using stack = new AsyncDisposableStack()
const directory = await temporaryDirectory(stack)
const port = await findFreePort()
const flags = ['--listen', `127.0.0.1:${port}`, '--data', join(directory, 'data'), '--api-limit', '1000000']
const hub = stack.use(startProgram([launcher, 'serve', ...flags], join(directory, 'hub.log')))
await hub.readyAfterMs(
  async () => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok === true,
)
for (const username of ['target', 'other'])
  assert.equal(await send('/v2/users', { username, email: `${username}@example.com`, password }), 201)

/** Posts JSON from an address of this machine; gives the status. */
async function send(path: string, body: object, localAddress = home): Promise<number> {
  const headers = { 'Content-Type': 'application/json' }
  const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers, localAddress, agent: false })
  sent.end(JSON.stringify(body))
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response.statusCode ?? 0
}

/** Milliseconds until somebody is let in who knows the password. */
async function signIn(identifier: string): Promise<number> {
  const startMs = performance.now()
  assert.equal(await send('/v2/auth/token', { identifier, secret: password }), 200, `${identifier} gets in`)
  return performance.now() - startMs
}

let attackers = 0

/** Every round comes from another address: the last one is shut out for a minute. */
async function attack(): Promise<void> {
  const address = `127.0.1.${++attackers}`
  let [left, tried] = [wrongTries, 0]
  const guess = async () => {
    while (left-- > 0) {
      const secret = `guess ${left}`
      const status = await send('/v2/auth/token', { identifier: 'target', secret }, address)
      if (status === 401) tried++
      else assert.equal(status, 429)
    }
  }
  await Promise.all(Array.from({ length: connections }, guess))
  assert.ok(tried <= triedMax, `${tried} of ${wrongTries} passwords were tried`)
}

async function underAttack(): Promise<number[]> {
  const attacking = attack()
  const times = [await signIn('target'), await signIn('other')]
  await attacking
  return times
}

await publishFigures(
  'brute-force',
  await measureSeriesInTurns(
    {
      rounds: Number(values.rounds),
      figures: [
        { id: 'sign-in-target', title: 'sign-in of who is guessed at', unit: 'ms' },
        { id: 'sign-in-other', title: 'sign-in of somebody else', unit: 'ms' },
      ],
    },
    [
      { name: 'nobody guesses', measure: async () => [await signIn('target'), await signIn('other')] },
      { name: '1,000 wrong tries', measure: underAttack },
    ],
  ),
)
