import { openDatabase, silentLogger } from '@berth/stdx'
import { linuxKernel as kernel, namespaceFlags } from '@berth/syscalls'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openBridgeNetwork } from './bridge-network.ts'
import type { BridgeNetwork } from './network-driver.ts'
import { openSandboxes } from './sandboxes.ts'

// A namespace of the test's own: what it makes in it ends with it, and the machine's forwarding stays as it is.
kernel.unshare(namespaceFlags.network)

const runDirectory = mkdtempSync(join(tmpdir(), 'berth-network-'))
const database = openDatabase(join(runDirectory, 'network.db'))
const sandboxes = openSandboxes({ runDirectory, kernel })

after(async () => {
  for (const id of await sandboxes.list()) await sandboxes.delete(id)
  database.close()
  rmSync(runDirectory, { recursive: true })
})

const newBridgeName = () => `bt${randomBytes(4).toString('hex')}`
const open = (bridge: string, subnet?: string): Promise<BridgeNetwork> =>
  openBridgeNetwork({
    bridge,
    database,
    kernel,
    logger: silentLogger,
    ...(subnet === undefined ? {} : { subnet }),
  })

/** Output of a command, in the test's network namespace or in that of a sandbox. */
function run(command: string, sandboxPath?: string): string {
  const words = [
    ...(sandboxPath === undefined ? [] : ['nsenter', `--net=${sandboxPath}`]),
    ...command.split(' '),
  ]
  return execFileSync(words[0]!, words.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

test('connect() gives each sandbox an address, a way to its neighbours and to the gateway', async () => {
  await using network = await open(newBridgeName())
  const paths = [await sandboxes.create('one'), await sandboxes.create('two')]
  const endpoints = await Promise.all(
    paths.map((sandboxPath, index) => network.connect({ endpointId: `endpoint-${index}`, sandboxPath })),
  )
  const [one, two] = endpoints.map(({ address }) => address)
  assert.equal(network.subnet, '172.17.0.0/16')
  assert.deepEqual(new Set([one, two]), new Set(['172.17.0.2', '172.17.0.3']))
  run(`busybox ping -c 1 -W 2 ${two}`, paths[0])
  run(`busybox ping -c 1 -W 2 ${one}`, paths[1])
  run(`busybox ping -c 1 -W 2 ${network.gateway}`, paths[0])
  const shown = run('ip address show eth0', paths[0])
  assert.match(shown, new RegExp(`link/ether ${endpoints[0]!.macAddress} `))
  assert.equal(endpoints[0]!.macAddress.slice(0, 8), '02:42:ac')
  assert.doesNotMatch(shown, /inet6/)
  assert.match(run('ip address show lo', paths[0]), /UP[^]*inet6 ::1/)
  for (const { endpointId } of endpoints) await network.disconnect(endpointId)
})

test('dispose removes bridge and rules when no endpoint is left', async () => {
  const bridge = newBridgeName()
  {
    await using network = await open(bridge)
    const sandboxPath = await sandboxes.create('three')
    const { hostInterface } = await network.connect({ endpointId: 'e', sandboxPath })
    assert.match(run('nft list tables'), new RegExp(`berth-${bridge}`))
    assert.match(run('ip link'), new RegExp(`${hostInterface}@`))
    await network.disconnect('e')
    await network.disconnect('e')
    assert.doesNotMatch(run('ip link'), new RegExp(hostInterface))
  }
  assert.doesNotMatch(run('nft list tables'), /berth/)
  assert.doesNotMatch(run('ip link'), new RegExp(bridge))
})
