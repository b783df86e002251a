import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineSuite } from '../../fixtures/engine-suite.ts'

const suite = engineSuite({ isPulled: false })
const docker = (...args: string[]) => suite.run(args)

test('run() pulls what is missing, prints the output and gives the exit code', async () => {
  const { exitCode, stdout, stderr } = await docker(
    'run',
    '--rm',
    'busybox',
    'sh',
    '-c',
    'echo out; echo err >&2; exit 7',
  )
  assert.equal(exitCode, 7)
  assert.equal(stdout, 'out\n')
  assert.match(stderr, /Unable to find image 'busybox:latest' locally/)
  assert.match(stderr, /err\n$/)
})

test('run() passes input on and tells its end', async () => {
  const { stdout } = await suite.engine.docker(
    ['run', '--rm', '-i', 'busybox', 'sh', '-c', 'cat; echo end'],
    {
      input: 'line\n',
    },
  )
  assert.equal(stdout, 'line\nend\n')
})

test('run() loses no byte of a long output', async () => {
  const script = 'i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i+1)); done'
  const { stdout } = await docker('run', '--rm', 'busybox', 'sh', '-c', script)
  const expected = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join('')
  assert.ok(stdout === expected, `${stdout.length} of ${expected.length} bytes`)
})

test('run() has exit codes 125, 126 and 127 for what could not be started', async () => {
  const missing = await docker('run', '--rm', 'busybox', '/nope')
  assert.equal(missing.exitCode, 127)
  assert.match(missing.stderr, /no such file or directory|executable file not found/)
  const notFound = await docker('run', '--rm', 'busybox', 'nope')
  assert.equal(notFound.exitCode, 127)
  assert.match(notFound.stderr, /exec: "nope": executable file not found in \$PATH/)
  const denied = await docker('run', '--rm', 'busybox', '/etc/passwd')
  assert.equal(denied.exitCode, 126)
  assert.match(denied.stderr, /permission denied/)
  const refused = await docker('run', '--rm', '--memory', '1m', 'busybox', 'true')
  assert.equal(refused.exitCode, 125)
  assert.match(refused.stderr, /Minimum memory limit allowed is 6MB/)
  assert.equal((await docker('ps', '-aq')).stdout, '')
})

test('run() refuses what names nothing, and takes none of it for a missing image', async () => {
  for (const [flags, reason] of [
    [['--network', 'nope'], 'network nope not found'],
    [['--network', 'container:nope'], 'No such container: nope'],
    [['--stop-signal', 'NOPE'], 'invalid signal: NOPE'],
  ] as const) {
    const { exitCode, stderr } = await docker('run', '--rm', ...flags, 'busybox', 'true')
    assert.equal(exitCode, 125)
    assert.equal(stderr.split('\n', 1)[0], `docker: Error response from daemon: ${reason}`)
  }
})

test('run() gives a container a network, a host name and their files', async () => {
  const script =
    'ip -4 addr show eth0 | grep -o "inet [0-9.]*"; hostname; cat /etc/hosts; cat /etc/resolv.conf'
  const { stdout } = await docker(
    'run',
    '--rm',
    '--hostname',
    'ship',
    '--add-host',
    'port:10.1.2.3',
    'busybox',
    'sh',
    '-c',
    script,
  )
  const address = /inet ([\d.]+)/.exec(stdout)?.[1]
  assert.ok(address)
  assert.match(stdout, /^ship$/m)
  assert.match(stdout, new RegExp(`^${address.replaceAll('.', String.raw`\.`)}\tship$`, 'm'))
  assert.match(stdout, /^10\.1\.2\.3\tport$/m)
  assert.match(stdout, /^nameserver /m)
})

test('run() gives no network when told so, and the host network when told so', async () => {
  const links = async (network: string) =>
    (await docker('run', '--rm', '--network', network, 'busybox', 'ls', '/sys/class/net')).stdout
      .split('\n')
      .filter((name) => name !== '')
  assert.deepEqual(await links('none'), ['lo'])
  assert.ok((await links('host')).length > 1)
})

test('run() joins the network of another container', async () => {
  await docker('run', '-d', '--name', 'front', 'busybox', 'sleep', '60')
  const own = await docker('exec', 'front', 'cat', '/sys/class/net/eth0/address')
  const shared = await docker(
    'run',
    '--rm',
    '--network',
    'container:front',
    'busybox',
    'cat',
    '/sys/class/net/eth0/address',
  )
  assert.equal(shared.stdout, own.stdout)
  await docker('rm', '-f', 'front')
})

test('run() confines the container as Docker does', async () => {
  const { stdout } = await docker('run', '--rm', 'busybox', 'cat', '/proc/self/status')
  assert.match(stdout, /^CapEff:\t00000000a80425fb$/m)
  assert.match(stdout, /^CapInh:\t0000000000000000$/m)
  assert.match(stdout, /^Seccomp:\t2$/m)
})

test('run() runs as the user that was asked for', async () => {
  const id = async (user: string) => (await docker('run', '--rm', '-u', user, 'busybox', 'id')).stdout
  assert.match(await id('1000:0'), /^uid=1000.* gid=0/)
  assert.match(await id('app'), /^uid=1000\(app\)/)
  const unknown = await docker('run', '--rm', '-u', 'nobody-here', 'busybox', 'id')
  assert.match(unknown.stderr, /unable to find user nobody-here: no matching entries in passwd file/)
})

test('run() mounts folders of the host, a tmpfs and a read-only root', async () => {
  const script = 'echo kept > /data/file; touch /no 2>&1; mount | grep -c "tmpfs on /scratch"'
  const folder = `${suite.engine.dataRoot}/bound`
  const { stdout } = await docker(
    'run',
    '--rm',
    '--read-only',
    '-v',
    `${folder}:/data`,
    '--tmpfs',
    '/scratch',
    'busybox',
    'sh',
    '-c',
    script,
  )
  assert.match(stdout, /Read-only file system/)
  assert.match(stdout, /^1$/m)
  const again = await docker(
    'run',
    '--rm',
    '-v',
    `${folder}:/data:ro`,
    'busybox',
    'sh',
    '-c',
    'cat /data/file; touch /data/x 2>&1',
  )
  assert.match(again.stdout, /^kept\n.*Read-only file system/)
})

test('run() holds a memory limit and tells of the kill', async () => {
  const { exitCode } = await docker(
    'run',
    '--name',
    'greedy',
    '--memory',
    '16m',
    'busybox',
    'sh',
    '-c',
    'tail -c 100m /dev/zero',
  )
  assert.equal(exitCode, 137)
  const { stdout } = await docker('inspect', '-f', '{{.State.OOMKilled}} {{.State.ExitCode}}', 'greedy')
  assert.equal(stdout, 'true 137\n')
  await docker('rm', 'greedy')
})
