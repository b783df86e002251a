import { openDatabase, silentLogger } from '@berth/stdx'
import { linuxKernel as kernel, namespaceFlags } from '@berth/syscalls'
import assert from 'node:assert/strict'
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { openBridgeNetwork } from './bridge-network.ts'
import type { BridgeNetwork, Endpoint } from './network-driver.ts'
import { openSandboxes } from './sandboxes.ts'
import { writeSetting } from './sysctl.ts'

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

const pingFrom = (sandboxPath: string, target: string) =>
  promisify(execFile)('nsenter', [`--net=${sandboxPath}`, 'busybox', 'ping', '-c', '1', '-W', '1', target])

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

test('endpoints outlive an engine that is killed; the next one finds and frees them', async () => {
  const bridge = newBridgeName()
  const sandboxPath = await sandboxes.create('killed')
  const script = `
    import { openDatabase, silentLogger } from '@berth/stdx'
    import { linuxKernel as kernel } from '@berth/syscalls'
    import { openBridgeNetwork } from ${JSON.stringify(join(import.meta.dirname, 'bridge-network.ts'))}
    const database = openDatabase(${JSON.stringify(join(runDirectory, 'network.db'))})
    const network = await openBridgeNetwork({ bridge: '${bridge}', subnet: '10.231.0.0/24', database, kernel, logger: silentLogger })
    console.log(JSON.stringify(await network.connect({ endpointId: 'survivor', sandboxPath: '${sandboxPath}' })))
    process.kill(process.pid, 'SIGKILL')`
  const killed = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  })
  assert.equal(killed.signal, 'SIGKILL', killed.stderr)
  const endpoint = JSON.parse(killed.stdout) as Endpoint
  await using network = await open(bridge)
  assert.equal(network.subnet, '10.231.0.0/24')
  assert.deepEqual(await network.listEndpoints(), [endpoint])
  run(`busybox ping -c 1 -W 2 ${network.gateway}`, sandboxPath)
  await assert.rejects(open(bridge, '10.232.0.0/24'), { code: 'failed-precondition' })
  run(`busybox ping -c 1 -W 2 ${network.gateway}`, sandboxPath)
  await network.disconnect('survivor')
  assert.deepEqual(await network.listEndpoints(), [])
})

test('dispose leaves bridge and rules to endpoints that remain', async () => {
  const bridge = newBridgeName()
  const sandboxPath = await sandboxes.create('remaining')
  {
    await using network = await open(bridge, '10.233.0.0/24')
    await network.connect({ endpointId: 'remaining', sandboxPath })
  }
  run('busybox ping -c 1 -W 2 10.233.0.1', sandboxPath)
  assert.match(run('nft list tables'), new RegExp(`berth-${bridge}`))
  await using network = await open(bridge)
  await network.disconnect('remaining')
})

test('connect() that fails leaves neither address nor link', async () => {
  await using network = await open(newBridgeName(), '10.234.0.0/24')
  const links = run('ip -brief link')
  await assert.rejects(network.connect({ endpointId: 'x', sandboxPath: join(runDirectory, 'none') }), {
    code: 'ENOENT',
  })
  await assert.rejects(network.connect({ endpointId: 'x', sandboxPath: '/proc/self/ns/mnt' }))
  const sandboxPath = await sandboxes.create('taken')
  run('ip link add eth0 type veth peer name eth1', sandboxPath)
  await assert.rejects(network.connect({ endpointId: 'x', sandboxPath }), { code: 'EEXIST' })
  assert.deepEqual(await network.listEndpoints(), [])
  assert.equal(run('ip -brief link'), links)
})

test('connect() takes a wished address and MAC address, and refuses a second endpoint of that name', async () => {
  await using network = await open(newBridgeName(), '10.235.0.0/24')
  const sandboxPath = await sandboxes.create('wish')
  const wish = { endpointId: 'w', sandboxPath, address: '10.235.0.77', macAddress: '02:00:00:00:00:77' }
  const endpoint = await network.connect(wish)
  assert.match(run('ip address show eth0', sandboxPath), /02:00:00:00:00:77[^]*10\.235\.0\.77\/24/)
  await assert.rejects(network.connect(wish), { code: 'already-exists' })
  await assert.rejects(network.connect({ ...wish, endpointId: 'v' }), { message: 'Address already in use' })
  assert.deepEqual(await network.listEndpoints(), [endpoint])
  await network.disconnect('w')
})

test('open takes the address of the bridge for its subnet, when it is the first', async () => {
  {
    await using network = await open(newBridgeName(), '10.238.0.1/24')
    assert.deepEqual([network.subnet, network.gateway], ['10.238.0.0/24', '10.238.0.1'])
  }
  await assert.rejects(open(newBridgeName(), '10.238.0.9/24'), /it should be 10\.238\.0\.0\/24/)
  await assert.rejects(open(newBridgeName(), '10.238.0.0/31'), { code: 'invalid-argument' })
})

test('a bridge that was there keeps its address and stays', async () => {
  const bridge = newBridgeName()
  run(`ip link add ${bridge} type bridge`)
  run(`ip address add 10.236.0.1/24 dev ${bridge}`)
  {
    await using network = await open(bridge)
    assert.equal(network.subnet, '10.236.0.0/24')
  }
  assert.match(run(`ip address show ${bridge}`), /inet 10\.236\.0\.1\/24/)
  run(`ip link delete ${bridge}`)
})

test('open avoids subnets that the host uses, and names that are no bridge or no name', async () => {
  run('ip link add bt-port type veth peer name bt-peer')
  run('ip link set bt-peer up')
  run('ip address add 172.17.5.1/24 dev bt-port')
  run('ip link set bt-port up')
  run('ip route add 172.18.0.0/15 dev bt-port')
  {
    await using network = await open(newBridgeName())
    assert.equal(network.subnet, '172.20.0.0/16')
  }
  await assert.rejects(open('bt-port'), { code: 'failed-precondition' })
  await assert.rejects(open('bt0"; flush ruleset'), { code: 'invalid-argument' })
  assert.doesNotMatch(run('nft list tables'), /berth/)
  run('ip link delete bt-port')
})

test('open gives networks that are opened at once different subnets', async () => {
  const opened = await Promise.allSettled(Array.from({ length: 5 }, () => open(newBridgeName())))
  const networks = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  await using stack = new AsyncDisposableStack()
  for (const network of networks) stack.use(network)
  const subnets = networks.map(({ subnet }) => subnet)
  assert.equal(new Set(subnets).size, 5, subnets.join(' '))
  for (const { bridge, gateway, subnet } of networks) {
    const addresses = run(`ip -brief -4 address show ${bridge}`).trim().split(/\s+/).slice(2)
    assert.deepEqual(addresses, [`${gateway}/${subnet.split('/')[1]}`])
  }
})

test('containers go out under the host address; from outside nobody reaches them or forwards through the host', async () => {
  writeSetting('ipv4/ip_forward', '0')
  await using network = await open(newBridgeName(), '10.237.0.0/24')
  const sandboxPath = await sandboxes.create('inside')
  const { address } = await network.connect({ endpointId: 'inside', sandboxPath })
  const neighbour = await sandboxes.create('neighbour')
  run(`ip link add bt-uplink type veth peer name uplink netns ${neighbour}`)
  run('ip address add 192.0.2.1/24 dev bt-uplink')
  run('ip link set bt-uplink up')
  run('ip address add 192.0.2.2/24 dev uplink', neighbour)
  run('ip link set uplink up', neighbour)

  // The neighbour has no route to the subnet yet: an answer proves that the request came from the host's address.
  run('busybox ping -c 1 -W 2 192.0.2.2', sandboxPath)
  run('ip route add default via 192.0.2.1', neighbour)

  const other = await sandboxes.create('other')
  run(`ip link add bt-other type veth peer name uplink netns ${other}`)
  run('ip address add 198.51.100.1/24 dev bt-other')
  run('ip link set bt-other up')
  run('ip address add 198.51.100.2/24 dev uplink', other)
  run('ip link set uplink up', other)
  run('ip route add default via 198.51.100.1', other)
  const forbidden = [address, network.gateway, '198.51.100.2']
  await Promise.all(
    forbidden.map((target) => assert.rejects(pingFrom(neighbour, target), { code: 1 }, target)),
  )
  run('busybox ping -c 1 -W 2 198.51.100.1', neighbour)

  await network.disconnect('inside')
  run('ip link delete bt-uplink')
  run('ip link delete bt-other')
})
