import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mediaTypes } from '@berth/oci'
import { findFreePort, temporaryDirectory } from '@berth/stdx/testsuite'
import { prepareCheckout } from '../setup/prepare-checkout.ts'
import { publishFigures } from './figures.ts'
import { measureInTurns } from './measure.ts'
import { mustRun } from './network-namespace.ts'
import { startProgram } from './program.ts'
import { loadWithWrk } from './wrk.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '3' } },
})
const seconds = Number(values.seconds)

await prepareCheckout()
await using stack = new AsyncDisposableStack()
const directory = await temporaryDirectory(stack)
const launcher = join(import.meta.dirname, '../bin/berth-hub')
const repository = 'library/hello-world'
/** More than a run reads: what counting costs is measured, not refusals. */
const enough = '100000000'

/** Starts a hub that has an image; gives what asks for its manifest. */
async function startHub(name: string, flags: readonly string[]): Promise<() => Promise<number>> {
  const data = join(directory, name)
  await mustRun([launcher, 'seed', '--data', data])
  const address = `127.0.0.1:${await findFreePort()}`
  const argv = [launcher, 'serve', '--listen', address, '--data', data, '--log-level', 'warn', ...flags]
  const hub = stack.use(startProgram(argv, join(directory, `${name}.log`)))
  await hub.readyAfterMs(
    async () => (await fetch(`http://${address}/readyz`).catch(() => undefined))?.ok === true,
  )
  const scope = `service=berth-hub&scope=repository:${repository}:pull`
  return async () => {
    const answer = await fetch(`http://${address}/auth/token?${scope}`)
    const { token } = (await answer.json()) as { token: string }
    const headers = { Accept: mediaTypes.ociIndex, Authorization: `Bearer ${token}` }
    const url = `http://${address}/v2/${repository}/manifests/latest`
    return (await loadWithWrk(url, { connections: 8, seconds, headers })).thousandMs
  }
}

const figure = await measureInTurns(
  {
    id: 'pull-limit',
    title: '1,000 manifest GETs by tag of an anonymous client, 8 connections',
    unit: 'ms',
    rounds: Number(values.rounds),
  },
  [
    { name: 'berth-hub, no limit', measure: await startHub('unlimited', []) },
    {
      name: 'berth-hub, pulls limited',
      measure: await startHub('limited', ['--anonymous-pull-limit', enough]),
    },
  ],
)
await publishFigures('pull-limit', [figure])
