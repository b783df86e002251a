import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { buildSpec } from './build-spec.ts'
import { defaultCapabilities } from './capabilities.ts'
import { defaultSeccompProfile } from './seccomp-profile.ts'
import { resolveSeccomp } from './seccomp.ts'
import type { SpecOptions } from './spec-options.ts'
import type { SpecPlatform } from './spec-platform.ts'

const platform: SpecPlatform = {
  architecture: 'amd64',
  kernelRelease: '6.18.0',
  cgroupVersion: 1,
  hasSeccomp: true,
  hasSwapLimit: true,
  capabilities: [...defaultCapabilities, 'CAP_SYS_ADMIN'],
  thermalThrottlePaths: ['/sys/devices/system/cpu/cpu0/thermal_throttle'],
}
const target = { platform, features: { namespaces: new Set<string>(), mountOptions: new Set<string>() } }

const options: SpecOptions = {
  rootfs: { path: '/rootfs' },
  process: {
    args: ['sh'],
    env: ['PATH=/bin'],
    cwd: '/',
    user: { uid: 0, gid: 0, additionalGids: [0] },
    isTerminal: false,
  },
  security: {},
  hostname: 'abc',
  namespaces: { network: { path: '/run/netns/abc' } },
  cgroupsPath: '/berth/abc',
}

test('buildSpec() gives the default confinement, byte for byte', () => {
  const expected = readFileSync(new URL('default-spec.json', import.meta.url), 'utf8')
  const { linux, ...rest } = buildSpec(options, target)
  const { seccomp, ...others } = linux
  assert.equal(JSON.stringify({ ...rest, linux: others }), JSON.stringify(JSON.parse(expected)))
  assert.equal(seccomp?.syscalls[0]?.names.length, 361)
})

test('buildSpec() takes privileged containers’ limits away', () => {
  const { process, mounts, linux } = buildSpec({ ...options, security: { isPrivileged: true } }, target)
  assert.deepEqual(process.capabilities?.bounding, platform.capabilities)
  assert.deepEqual([linux.maskedPaths, linux.readonlyPaths, linux.seccomp], [[], [], undefined])
  assert.deepEqual(linux.resources.devices, [{ allow: true, access: 'rwm' }])
  assert.ok(linux.devices?.some(({ path }) => path === '/dev/null'))
  assert.ok(
    mounts
      .filter(({ destination }) => destination.startsWith('/sys'))
      .every(({ options }) => !options.includes('ro')),
  )
})

test('buildSpec() leaves other users without capabilities', () => {
  const user = { uid: 1000, gid: 1000, additionalGids: [1000] }
  const { process } = buildSpec({ ...options, process: { ...options.process, user } }, target)
  assert.deepEqual(process.capabilities?.effective, [])
  assert.deepEqual(process.capabilities?.inheritable, [])
  assert.equal(process.capabilities?.bounding.length, 14)
})

test('buildSpec() adds and drops capabilities by Docker’s names', () => {
  const bounding = (capabilitiesAdded: string[], capabilitiesDropped: string[]) =>
    buildSpec({ ...options, security: { capabilitiesAdded, capabilitiesDropped } }, target).process
      .capabilities?.bounding
  assert.deepEqual(bounding(['net_admin'], ['ALL']), ['CAP_NET_ADMIN'])
  assert.deepEqual(bounding(['ALL'], ['CAP_SYS_ADMIN']), defaultCapabilities)
  assert.ok(!bounding([], ['Chown'])?.includes('CAP_CHOWN'))
  assert.throws(() => bounding(['FOO'], []), { message: 'invalid CapAdd: unknown capability: "CAP_FOO"' })
})

test('buildSpec() follows the cgroup version and the runtime', () => {
  const types = (spec: ReturnType<typeof buildSpec>) => spec.linux.namespaces.map(({ type }) => type)
  const version2 = { ...target, platform: { ...platform, cgroupVersion: 2 as const } }
  assert.ok(!types(buildSpec(options, target)).includes('cgroup'))
  assert.ok(types(buildSpec(options, version2)).includes('cgroup'))
  const able = { platform, features: { namespaces: new Set(['time']), mountOptions: new Set(['rro']) } }
  const mounts = [{ type: 'bind' as const, source: '/a', destination: '/b', isReadonly: true }]
  assert.ok(types(buildSpec(options, able)).includes('time'))
  assert.deepEqual(buildSpec({ ...options, mounts }, able).mounts.at(-1)?.options, [
    'rbind',
    'rprivate',
    'rro',
  ])
  assert.deepEqual(buildSpec({ ...options, mounts }, target).mounts.at(-1)?.options, [
    'rbind',
    'rprivate',
    'ro',
  ])
})

test('buildSpec() orders mounts, lets them replace the default ones and connects the root for propagation', () => {
  const bind = (destination: string, propagation?: string) => ({
    type: 'bind' as const,
    source: '/x',
    destination,
    ...(propagation === undefined ? {} : { propagation }),
  })
  const mounts = [
    bind('/a/b', 'rslave'),
    bind('/a'),
    bind('/dev/shm'),
    { type: 'tmpfs' as const, destination: '/t', tmpfsOptions: ['exec', 'size=1m'] },
  ]
  const spec = buildSpec({ ...options, mounts }, target)
  assert.deepEqual(
    spec.mounts.slice(6).map(({ destination }) => destination),
    ['/a', '/t', '/a/b', '/dev/shm'],
  )
  assert.deepEqual(spec.mounts.at(-3)?.options, ['nosuid', 'nodev', 'rprivate', 'exec', 'size=1m'])
  assert.equal(spec.linux.rootfsPropagation, 'rslave')
})

test('buildSpec() writes limits, with twice the memory as swap', () => {
  const resources = {
    memoryBytes: 1 << 20,
    nanoCpus: 1_500_000_000,
    pidsLimit: 10,
    cpusetCpus: '0',
    blkioWeight: 10,
  }
  const { devices, ...limits } = buildSpec({ ...options, resources }, target).linux.resources
  assert.ok(devices.length > 0)
  assert.deepEqual(limits, {
    memory: { limit: 1 << 20, swap: 2 << 20 },
    cpu: { quota: 150_000, period: 100_000, cpus: '0' },
    pids: { limit: 10 },
    blockIO: { weight: 10 },
  })
})

test('buildSpec() refuses settings of the host', () => {
  const build = (sysctls: Record<string, string>, network: 'host' | 'private' = 'private') =>
    buildSpec({ ...options, sysctls, namespaces: { network } }, target).linux.sysctl
  assert.deepEqual(build({ 'net.core.somaxconn': '1' }), {
    'net.ipv4.ip_unprivileged_port_start': '0',
    'net.ipv4.ping_group_range': '0 2147483647',
    'net.core.somaxconn': '1',
  })
  assert.deepEqual(build({ 'kernel.shmmax': '1' }, 'host'), { 'kernel.shmmax': '1' })
  for (const name of ['kernel.core_pattern', 'net/../kernel.core_pattern', 'net.a\n', 'vm.swappiness']) {
    assert.throws(() => build({ [name]: '1' }), { code: 'invalid-argument' }, name)
  }
  assert.throws(() => build({ 'net.core.somaxconn': '1\n2' }), { code: 'invalid-argument' })
  assert.throws(() => build({ 'net.core.somaxconn': '1' }, 'host'), { code: 'invalid-argument' })
})

test('resolveSeccomp() follows capabilities, architecture and kernel', () => {
  const resolve = (capabilities: string[], architecture = 'amd64', kernelRelease = '6.1.0') =>
    resolveSeccomp(defaultSeccompProfile, { capabilities, architecture, kernelRelease })
  const names = (spec: ReturnType<typeof resolve>) => spec.syscalls.flatMap((rule) => rule.names)
  const plain = resolve([...defaultCapabilities])
  assert.deepEqual(plain.architectures, ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'])
  assert.equal(plain.syscalls.find((rule) => rule.names.includes('clone3'))?.errnoRet, 38)
  for (const refused of ['mount', 'bpf', 'io_uring_setup', 'keyctl', 'userfaultfd', 'set_tls'])
    assert.ok(!names(plain).includes(refused))
  assert.ok(names(plain).includes('ptrace'))
  assert.ok(!names(resolve([], 'amd64', '4.4.0-generic')).includes('ptrace'))
  assert.ok(names(resolve(['CAP_SYS_ADMIN'])).includes('mount'))
  assert.ok(names(resolve([], 'arm64')).includes('set_tls'))
  assert.ok(!names(resolve([], 'arm64')).includes('arch_prctl'))
})

test('the default seccomp profile knows 426 system calls', () => {
  assert.equal(new Set(defaultSeccompProfile.syscalls.flatMap(({ names }) => names)).size, 426)
})
