import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { hash } from 'bcryptjs'
import { suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { answers, corrupted } from '../../fixtures/faults.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { buildImage, buildIndex, busyboxImage } from '../../fixtures/images.ts'
import { runProgram, type ProgramResult } from '../../fixtures/program.ts'
import { isRegistryInstalled, startDebianRegistry } from './debian-registry.ts'

const berth = join(import.meta.dirname, '../../../bin/berth')

let hub: TestHub
let directory: string

const stack = suiteStack()
before(async () => {
  hub = stack.use(await startHub())
  directory = await temporaryDirectory(stack)
})

/** Runs `berth image copy` where no engine is. */
function copy(args: readonly string[], env: Record<string, string> = {}): Promise<ProgramResult> {
  const without = { DOCKER_HOST: `unix://${directory}/no.sock`, DOCKER_CONFIG: directory }
  return runProgram([berth, 'image', 'copy', ...args], { env: { ...without, ...env } })
}

async function copied(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await copy(args)
  assert.equal(exitCode, 0, stderr)
  return stdout.trimEnd()
}

async function digestAt(name: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram([
    'skopeo',
    'inspect',
    '--raw',
    '--tls-verify=false',
    `docker://${name}`,
  ])
  assert.equal(exitCode, 0, stderr)
  return `sha256:${createHash('sha256').update(stdout).digest('hex')}`
}

async function twoPlatforms(tag: string) {
  const own = await busyboxImage({ layers: [{ '/copy': tag }] })
  const arm = await buildImage({
    platform: { os: 'linux', architecture: 'arm64' },
    layers: [{ '/copy': `arm ${tag}` }],
  })
  const index = buildIndex([own, arm])
  await hub.push(index, `team/platforms:${tag}`)
  return { own, arm, index, name: `${hub.address}/team/platforms:${tag}` }
}

test('image copy takes the image of this machine, of a platform, or of all, and prints its digest', async () => {
  const { own, arm, index, name } = await twoPlatforms('v1')
  const to = (tag: string) => `docker://${hub.address}/team/to:${tag}`
  assert.equal(await copied(name, to('own')), own.descriptor.digest)
  assert.equal(await copied('--platform', 'linux/arm64', name, to('arm')), arm.descriptor.digest)
  assert.equal(await copied('--all', name, to('all')), index.descriptor.digest)
  for (const [tag, { descriptor }] of Object.entries({ own, arm, all: index }))
    assert.equal(await digestAt(`${hub.address}/team/to:${tag}`), descriptor.digest)
})

test('image copy tells on stderr how it goes, and nothing of it with -q', async () => {
  const { own, name } = await twoPlatforms('v2')
  const target = `${hub.address}/team/told:v1`
  const told = await copy([name, target])
  assert.equal(told.stdout, `${own.descriptor.digest}\n`)
  assert.match(told.stderr, /^Copying linux\/amd64 of linux\/amd64, linux\/arm64; all of them with --all$/m)
  assert.match(told.stderr, /^[0-9a-f]{12}: Copied$/m)
  const quiet = await copy(['-q', name, target])
  assert.deepEqual({ ...quiet }, { exitCode: 0, stdout: `${own.descriptor.digest}\n`, stderr: '' })
  using _ = hub.inject({
    path: '/team/platforms/manifests/v2',
    times: 1,
    fault: answers(429, { headers: { 'Retry-After': '1' } }),
  })
  const again = await copy([name, target])
  assert.match(again.stderr, /^Retrying 127\.0\.0\.1:\d+ in 1 second: 429 unknown$/m)
  assert.match(again.stderr, /^[0-9a-f]{12}: Already exists$/m)
})

test('image copy writes layouts and archives that skopeo reads, and reads them back', async () => {
  const { own, name } = await twoPlatforms('v3')
  const places = [`oci:${directory}/layout:v3`, `oci-archive:${directory}/a.tar:v3`]
  for (const place of places) {
    assert.equal(await copied(name, place), own.descriptor.digest)
    const { stdout } = await runProgram(['skopeo', 'inspect', '-f', '{{.Digest}}', place])
    assert.equal(stdout.trim(), own.descriptor.digest)
    const back = `${hub.address}/team/back:v3`
    assert.equal(await copied(place, back), own.descriptor.digest)
  }
  const archive = `docker-archive:${directory}/d.tar:team/archived:v3`
  await copied(name, archive)
  const { stdout } = await runProgram(['skopeo', 'inspect', '--config', '--raw', archive])
  assert.equal(`sha256:${createHash('sha256').update(stdout).digest('hex')}`, own.imageId)
})

test('image copy brings images into an engine and out of it', async () => {
  await using engine: TestEngine = await startEngine({ bridge: 'none' })
  const { own, name } = await twoPlatforms('v4')
  const into = await engine.berth(['image', 'copy', '-q', name, 'docker-daemon:team/into:v4'])
  assert.equal(into.exitCode, 0, into.stderr)
  const { stdout: id } = await engine.docker(['image', 'inspect', '-f', '{{.Id}}', 'team/into:v4'])
  assert.equal(id.trim(), own.imageId)
  const outOf = `${hub.address}/team/outof:v4`
  const out = await engine.berth(['image', 'copy', '-q', 'docker-daemon:team/into:v4', outOf])
  assert.equal(out.exitCode, 0, out.stderr)
  assert.equal(await digestAt(outOf), out.stdout.trim())
  const none = await engine.berth(['image', 'copy', '-q', 'docker-daemon:team/none', outOf])
  assert.equal(none.exitCode, 1)
  assert.match(none.stderr, /No such image: team\/none/i)
})

test('image copy signs in with what config.json and helpers have, each for its own host', async (t) => {
  if (!(await isRegistryInstalled())) return t.skip('docker-registry is not on PATH')
  const htpasswd = `ann:${await hash('secret', 4)}\n`
  await using registry = await startDebianRegistry({
    files: { htpasswd },
    auth: '  htpasswd: { realm: test, path: "{directory}/htpasswd" }',
  })
  const { own, name } = await twoPlatforms('v5')
  const target = `${registry.address}/team/signed:v5`
  const refused = await copy(['-q', name, target])
  assert.equal(refused.exitCode, 1)
  assert.match(refused.stderr, /^unauthorized: authentication required$/m)

  const bin = join(directory, 'bin')
  await mkdir(bin)
  const helper = join(bin, 'docker-credential-fake')
  await writeFile(
    helper,
    `#!/bin/sh\nread host\necho "$host" >> ${directory}/asked\n` +
      `[ "$host" = ${registry.address} ] && echo '{"Username":"ann","Secret":"secret"}' && exit 0\n` +
      'echo credentials not found in native keychain; exit 1\n',
  )
  await chmod(helper, 0o755)
  await writeFile(join(directory, 'config.json'), '{"credsStore":"fake"}')
  const path = { PATH: `${bin}:${process.env['PATH'] ?? ''}` }
  const before = hub.requests.length
  const signed = await copy(['-q', name, target], path)
  assert.equal(signed.exitCode, 0, signed.stderr)
  assert.equal(signed.stdout.trim(), own.descriptor.digest)
  assert.ok(hub.requests.slice(before).every(({ headers }) => headers['authorization'] === undefined))
  const asked = (await readFile(join(directory, 'asked'), 'utf8')).trim().split('\n')
  assert.deepEqual(asked.sort(), [hub.address, registry.address].sort())
  await rm(join(directory, 'config.json'))
})

test('image copy of what is wrong ends with words, and leaves nothing behind', async () => {
  const { own, arm, name } = await twoPlatforms('v6')
  const nowhere = `${hub.address}/team/nowhere:v1`
  const single = `${hub.address}/team/nothing-else:v6`
  await hub.push(own, 'team/nothing-else:v6')
  assert.equal((await copy(['-q', single, `oci:${directory}/single`])).stdout.trim(), own.descriptor.digest)
  for (const [args, message] of [
    [['--all', '--platform', 'linux/arm64', name, nowhere], /^conflicting options: cannot specify both/],
    [['--platform', 'linux/s390x', name, nowhere], /^no matching manifest for linux\/s390x in the index$/m],
    [[`${hub.address}/team/none:v1`, nowhere], /^repository .*\/team\/none not found: name unknown/],
    [['oci:', nowhere], /^Cannot read location: it names no path$/m],
    [
      [`oci:${directory}/nothing`, nowhere],
      /^Cannot read .*\/nothing\/index\.json: no such file or directory$/m,
    ],
    [[`oci-archive:${directory}/none.tar`, nowhere], /^Cannot read .*none\.tar: no such file or directory$/m],
    [['docker-archive:/etc/passwd', nowhere], /^Cannot read \/etc\/passwd: it is not a whole tar archive$/m],
    [[name, `oci-archive:${directory}/none/x.tar`], /^Cannot write .*x\.tar: no such file or directory$/m],
    [
      ['--platform', 'linux/s390x', single, nowhere],
      /^Cannot copy image: it is for .*, not for linux\/s390x$/m,
    ],
    [
      [single, `${hub.address}/team/nowhere@${arm.descriptor.digest}`],
      new RegExp(`: the image has digest ${own.descriptor.digest}$`, 'm'),
    ],
    [['UPPER', nowhere], /^invalid reference format: repository name \(library\/UPPER\) must be lowercase$/m],
    [['--insecure-registry', 'http://x', name, nowhere], /^insecure registry http:\/\/x is not valid/],
    [[name, 'example.invalid/x:v1'], /no such host|Temporary failure in name resolution/],
  ] as const) {
    const { exitCode, stdout, stderr } = await copy(['-q', ...args])
    assert.equal(exitCode, 1, args.join(' '))
    assert.equal(stdout, '')
    assert.match(stderr, message)
  }
  const layer = own.layers[0]?.descriptor.digest ?? assert.fail()
  using _ = hub.inject({ path: layer, fault: corrupted() })
  const { exitCode, stderr } = await copy(['-q', name, `oci-archive:${directory}/bad.tar`])
  assert.equal(exitCode, 1)
  assert.match(stderr, new RegExp(`${layer}.*digest`))
  assert.ok(!(await readdir(directory)).some((entry) => entry.includes('bad.tar')))
})
