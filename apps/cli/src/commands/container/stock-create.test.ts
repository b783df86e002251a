import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { assertSameComplaint } from '../../testsuite/assert-same-complaint.ts'
import { startFakeEngine } from '../../testsuite/fake-engine.ts'
import { runBerth } from '../../testsuite/run-berth.ts'
import { runDocker, withoutStockDocker } from '../../testsuite/stock-docker.ts'

/** Flags of `create`, whose request is the same; in tests of failures, whose words are. */
const same = [
  [],
  ['-it', '--name', 'web', '--rm'],
  ['--entrypoint', '/x', '-u=1000', '-w', '/w', '-h', 'host', '--domainname', 'd'],
  ['--entrypoint=', '-e', 'A=1', '-e', 'B', '-eC=', '-e', 'NOT_SET_ANYWHERE', '-l', 'a', '-l', 'b=c=d'],
  [
    '-p80',
    '-p',
    '8080:80',
    '-p',
    '127.0.0.1:53:53/udp',
    '-p',
    '8000-8002:80-82',
    '-p',
    '9000-9010:90',
    '-p',
    '[::1]:1:1',
    '-P',
  ],
  ['-p', 'published=8080,target=80,protocol=udp', '--expose', '100-102/udp', '--expose', '7'],
  [
    '-v',
    '/a:/b:ro',
    '-v',
    '/anon',
    '-v',
    'named:/n',
    '--volumes-from',
    'x',
    '--tmpfs',
    '/t:size=1m',
    '--tmpfs',
    '/u',
  ],
  ['--mount', 'type=bind,src=/a,dst=/b,readonly,bind-propagation=rslave'],
  [
    '--mount',
    'type=volume,source=v,target=/v,volume-nocopy,volume-driver=d,volume-opt=k=v,volume-label=x=y,volume-subpath=s',
  ],
  [
    '--mount',
    'type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=1777',
    '--mount',
    '"type=bind","source=/a,b","target=/c"',
  ],
  [
    '-m',
    '64m',
    '--memory-swap',
    '-1',
    '--memory-reservation=1g',
    '--cpus',
    '1.5',
    '-c',
    '512',
    '--pids-limit',
    '-1',
    '--shm-size',
    '1G',
  ],
  [
    '--cpu-period=1000',
    '--cpu-quota',
    '500',
    '--cpuset-cpus',
    '0-1',
    '--memory-swappiness',
    '0',
    '--oom-score-adj=-5',
    '--oom-kill-disable',
  ],
  [
    '--cap-add',
    'NET_ADMIN',
    '--cap-drop',
    'ALL',
    '--privileged',
    '--read-only',
    '--init',
    '--group-add',
    '7',
    '--device',
    '/dev/null:/dev/x:rw',
  ],
  [
    '--device',
    '/dev/null:r',
    '--device-cgroup-rule',
    'c 1:3 mr',
    '--ulimit',
    'nofile=1024:2048',
    '--ulimit',
    'core=-1',
    '--sysctl',
    'net.x=1',
  ],
  [
    '--restart',
    'on-failure:3',
    '--stop-signal',
    'SIGINT',
    '--stop-timeout',
    '0',
    '--log-driver',
    'json-file',
    '--log-opt',
    'max-size=1m',
  ],
  [
    '--network',
    'app',
    '--network-alias',
    'x',
    '--ip',
    '10.0.0.5',
    '--ip6',
    'fe80::5',
    '--link-local-ip',
    '169.254.1.1',
  ],
  ['--network', 'name=app,alias=a,alias=b,driver-opt=k=v,gw-priority=3', '--network', 'other'],
  [
    '--network',
    'host',
    '--pid',
    'host',
    '--ipc=host',
    '--uts',
    'host',
    '--userns',
    'host',
    '--cgroupns',
    'private',
  ],
  [
    '--dns',
    '1.1.1.1',
    '--dns-search',
    'x',
    '--dns-opt',
    'y',
    '--add-host',
    'h:1.2.3.4',
    '--add-host',
    'h6=[::1]',
    '--link',
    'db:db',
  ],
  [
    '--health-cmd',
    'true',
    '--health-interval',
    '1m30s',
    '--health-retries=2',
    '--health-start-interval',
    '2s',
  ],
  [
    '--no-healthcheck',
    '--security-opt',
    'no-new-privileges',
    '--security-opt',
    'systempaths=unconfined',
    '--security-opt',
    'label=disable',
  ],
  [
    '--mac-address',
    '02:42:ac:11:00:02',
    '--storage-opt',
    'size=1G',
    '--runtime',
    'crun',
    '--isolation',
    'default',
    '--cgroup-parent',
    '/x',
  ],
  [
    '--device-read-bps',
    '/dev/sda:1mb',
    '--device-write-iops',
    '/dev/sda:100',
    '--blkio-weight',
    '300',
    '--blkio-weight-device',
    '/dev/sda:200',
  ],
  ['--gpus', 'all', '--annotation', 'a=b', '-a', 'stdin', '-a', 'STDOUT'],
  ['--gpus', '"device=0,1","capabilities=compute,utility"'],
]

const failing = [
  ['--rm', '--restart', 'always'],
  ['-p', '80:80:80:80:80'],
  ['-p', '80/xxx'],
  ['-p', '99999:80'],
  ['-p', '1-3:1-2'],
  ['--expose', '1:2'],
  ['-m', '12x'],
  ['--memory-swappiness', '101'],
  ['--cpus', 'x'],
  ['--ulimit', 'nope=1'],
  ['--ulimit', 'nofile=2:1'],
  ['--pid', 'x'],
  ['--device', 'relative'],
  ['--mount', 'type=bind,source=/a'],
  ['--mount', 'type=bind,target=/a,nope=1'],
  ['--mount', 'type=tmpfs,target=/a,bind-propagation=private'],
  ['--no-healthcheck', '--health-cmd', 'x'],
  ['--health-interval', '10'],
  ['--security-opt', 'nope'],
  ['--env-file', '/nonexistent/file'],
  ['--network', 'bridge', '--network-alias', 'x'],
  ['--network', 'a', '--network', 'a'],
  ['--restart', 'on-failure:x'],
  ['--sysctl', 'a.b=1'],
  ['--mac-address', 'x'],
  ['--dns', 'x'],
  ['-v', ''],
  ['-l', '=x'],
  ['--gpus', 'x'],
  ['--cpus', '1.0000000001'],
  ['--log-driver', 'none', '--log-opt', 'x=y'],
  ['--add-host', 'x'],
  ['-a', 'x'],
  ['--pull', 'sometimes'],
  ['--name'],
  ['--rm=maybe'],
  ['-e', ''],
]

const replies = { 'POST /containers/create': { Id: 'c'.repeat(64), Warnings: ['one', 'two'] } }

describe(
  'create asks for what the stock client asks for',
  { skip: withoutStockDocker, concurrency: 2 },
  () => {
    let folder = ''
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'berth-create-'))
      await writeFile(join(folder, 'env'), '# comment\n  A=1 \nHOME\n\nQ="x"\n')
    })
    after(() => rm(folder, { recursive: true, force: true }))

    for (const flags of same) {
      test(flags.join(' ') || 'no flags', async () => {
        const { ours, theirs } = await compare(flags, folder)
        assert.deepEqual(meaning(ours.request), meaning(theirs.request))
        assert.deepEqual(ours.outcome, theirs.outcome)
      })
    }

    test('--env-file', async () => {
      const { ours, theirs } = await compare(
        ['--env-file', join(folder, 'env'), '--label-file', join(folder, 'env')],
        folder,
      )
      assert.deepEqual(meaning(ours.request), meaning(theirs.request))
    })

    for (const flags of failing) {
      test(`refuses ${flags.join(' ')}`, async () => {
        const { ours, theirs } = await compare(flags, folder)
        assertSameComplaint(ours.outcome.stderr, theirs.outcome.stderr)
        assert.equal(ours.outcome.status, theirs.outcome.status)
      })
    }
  },
)

/**
 * What a request says: fields that have Go's zero value are as good as absent, empty lists and objects are not. The
 * order of some lists is Go's order of a map, which is none.
 */
function meaning(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(meaning)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, meaning(inner)] as const)
  const said = entries.filter(([key, inner]) => !isZero(inner) && !isEmptyEndpoint(key, inner))
  return Object.fromEntries(said.map(([key, inner]) => [key, unordered.has(key) ? sorted(inner) : inner]))
}

const unordered = new Set(['Binds', 'Env', 'Ulimits'])

function sorted(list: unknown): unknown {
  const key = (item: unknown) => (typeof item === 'string' ? item : (item as { Name: string }).Name)
  return Array.isArray(list) ? list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)) : list
}

function isZero(value: unknown): boolean {
  return value === null || value === '' || value === 0 || value === false
}

/** Written out or not, the default endpoint without wishes is the engine's. */
function isEmptyEndpoint(key: string, value: unknown): boolean {
  return key === 'default' && typeof value === 'object' && Object.keys(value ?? {}).length === 0
}

async function compare(flags: readonly string[], folder: string) {
  const env = { B: 'from-environment', HOME: '/home/x' }
  const run = async (client: typeof runDocker) => {
    await using engine = await startFakeEngine(replies)
    const outcome = await client(['-H', engine.host, 'create', ...flags, 'image:1', 'cmd', '-x', '--y'], env)
    return { outcome, request: engine.requests.find(({ method }) => method === 'POST') }
  }
  const ours = await run((words, env) => runBerth(words, { env: { ...env }, folder }))
  return { ours, theirs: await run(runDocker) }
}
