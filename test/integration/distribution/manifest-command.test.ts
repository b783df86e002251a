import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, before, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { mediaTypes, type Platform } from '@berth/oci'
import { suiteStack, temporaryDirectory } from '@berth/stdx/testsuite'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { buildImage, buildIndex, type BuiltImage } from '../../fixtures/images.ts'
import { runProgram, type ProgramResult } from '../../fixtures/program.ts'
import { isRegistryInstalled, startDebianRegistry } from './debian-registry.ts'

const berth = join(import.meta.dirname, '../../../bin/berth')
const families = ['oci', 'docker'] as const
const platform = (architecture: string, variant?: string): Platform => ({
  os: 'linux',
  architecture,
  ...(variant === undefined ? {} : { variant }),
})

let hub: TestHub
let directory: string
let folder: number
let images: Record<(typeof families)[number], { amd: BuiltImage; arm: BuiltImage }>

const stack = suiteStack()
before(async () => {
  directory = await temporaryDirectory(stack)
  hub = stack.use(await startHub())
  const build = async (family: (typeof families)[number]) => {
    const options = { mediaTypes: family, layers: [{ '/file': family }] }
    const amd = await buildImage({ ...options, platform: platform('amd64') })
    const arm = await buildImage({ ...options, platform: platform('arm64', 'v8') })
    await hub.push(amd, `${family}/multi:amd64`)
    await hub.push(arm, `${family}/multi:arm64`)
    await hub.push(arm, `${family}/other:arm64`)
    await hub.push(buildIndex([amd, arm], options), `${family}/multi:index`)
    return { amd, arm }
  }
  images = { oci: await build('oci'), docker: await build('docker') }
  folder = 0
})

afterEach(() => {
  folder++
})

/** Each client has a folder of its own, unless they are to share one. */
function manifest(
  client: 'berth' | 'docker',
  args: readonly string[],
  config = client,
): Promise<ProgramResult> {
  const [command = '', ...rest] = args
  const insecure = ['create', 'inspect', 'push'].includes(command) ? ['--insecure'] : []
  return runProgram([
    client === 'berth' ? berth : 'docker',
    '--config',
    join(directory, `${config}-${folder}`),
    'manifest',
    command,
    ...insecure,
    ...rest,
  ])
}

/** Runs a command with both clients, whose words, streams and status must be the same; names are below the hub. */
async function both(command: string, ...args: string[]): Promise<string> {
  const full = [command, ...args.map((arg) => (arg.includes(':') ? `${hub.address}/${arg}` : arg))]
  const [theirs, ours] = await Promise.all([manifest('docker', full), manifest('berth', full)])
  // Ours says the next step below an error.
  const stderr = ours.stderr.split('\n').slice(0, theirs.stderr.split('\n').length - 1)
  assert.deepEqual(
    { ...ours, stderr: stderr.map((line) => `${line}\n`).join('') },
    theirs,
    `manifest ${full.join(' ')}`,
  )
  return ours.stdout
}

for (const family of families) {
  test(`manifest inspect shows images and lists of ${family} as Docker's client does`, async () => {
    for (const options of [[], ['-v']]) {
      await both('inspect', ...options, `${family}/multi:amd64`)
      await both('inspect', ...options, `${family}/multi:index`)
    }
    await both('inspect', `${family}/none:1`)
  })

  test(`manifest create, annotate, inspect, push and rm of ${family} do what Docker's client does`, async () => {
    const list = `${family}/list:1`
    await both('create', list, `${family}/multi:amd64`, `${family}/other:arm64`)
    await both('create', list, `${family}/multi:arm64`)
    await both('create', '--amend', list, `${family}/multi:arm64`)
    await both('annotate', '--os-features', 'a,b', '--os-version', '1', list, `${family}/multi:arm64`)
    await both('annotate', '--arch', 'arm', '--variant', 'v7', list, `${family}/multi:arm64`)
    await both('annotate', '--arch', 'none', list, `${family}/multi:arm64`)
    await both('annotate', '--arch', 'arm', list, `${family}/multi:none`)
    for (const options of [[], ['-v']]) {
      await both('inspect', ...options, list)
      await both('inspect', ...options, list, `${family}/multi:arm64`)
    }
    await both('inspect', list, `${family}/multi:none`)
    const pushed = await both('push', list)
    await both('push', '--purge', list)
    await both('push', list)
    await both('rm', list)
    const response = await fetch(`${hub.url}/v2/${family}/list/manifests/1`, {
      headers: { accept: [mediaTypes.ociIndex, mediaTypes.dockerManifestList].join() },
    })
    assert.equal(response.headers.get('docker-content-digest'), pushed.trim().split('\n').at(-1))
    const { manifests } = (await response.json()) as { manifests: { digest: string; platform: Platform }[] }
    const { amd, arm } = images[family]
    assert.deepEqual(
      new Set(manifests.map(({ digest }) => digest)),
      new Set([amd, arm].map((image) => image.descriptor.digest)),
    )
    assert.ok(
      manifests.some((entry) =>
        isDeepStrictEqual(entry.platform, {
          architecture: 'arm',
          os: 'linux',
          'os.version': '1',
          'os.features': ['a', 'b'],
          variant: 'v7',
        }),
      ),
    )
    for (const { digest } of manifests)
      assert.equal((await fetch(`${hub.url}/v2/${family}/list/manifests/${digest}`)).status, 200)
  })
}

test('manifest create refuses what is no image, and names that are none', async () => {
  await both('create', 'oci/list:2', 'oci/multi:index')
  await both('create', 'oci/list:2', 'oci/none:1')
  await both('create', 'oci/LIST:2', 'oci/none:1')
  await both('inspect', 'oci/list:2')
  await both('rm', 'oci/list:2', 'oci/list:3')
})

test('manifest lists are kept where and as Docker keeps them, so that both clients work on one', async () => {
  const name = (text: string) => `${hub.address}/oci/${text}`
  const shared = async (client: 'berth' | 'docker', ...args: string[]) => {
    const { exitCode, stdout, stderr } = await manifest(client, args, 'docker')
    assert.equal(exitCode, 0, stderr)
    return stdout
  }
  await shared('docker', 'create', name('shared:1'), name('multi:amd64'))
  await shared('berth', 'create', '--amend', name('shared:1'), name('other:arm64'))
  await shared('docker', 'annotate', '--variant', 'v9', name('shared:1'), name('other:arm64'))
  assert.equal(
    await shared('berth', 'inspect', '-v', name('shared:1')),
    await shared('docker', 'inspect', '-v', name('shared:1')),
  )
  assert.equal(
    await shared('berth', 'push', name('shared:1')),
    await shared('docker', 'push', '--purge', name('shared:1')),
  )
})

test('manifest push refuses a list of another registry than its images', async () => {
  const list = 'localhost:1/other:1'
  const image = `${hub.address}/oci/multi:amd64`
  for (const client of ['docker', 'berth'] as const) await manifest(client, ['create', list, image])
  for (const command of ['inspect', 'push']) {
    const theirs = await manifest('docker', [command, list])
    const ours = await manifest('berth', [command, list])
    assert.equal(ours.exitCode, theirs.exitCode)
    assert.equal(ours.stderr.split('\n')[0], theirs.stderr.split('\n')[0])
  }
})

test('manifest commands say which kept file is damaged, and rm mends it', async () => {
  const list = `${hub.address}/oci/list:3`
  const image = `${hub.address}/oci/multi:amd64`
  await manifest('berth', ['create', list, image])
  const lists = join(directory, `berth-${folder}`, 'manifests')
  const [listFolder = ''] = await readdir(lists)
  const [file = ''] = await readdir(join(lists, listFolder))
  const path = join(lists, listFolder, file)
  const good = JSON.parse(await readFile(path, 'utf8')) as { Raw: string }
  for (const [text, why] of [
    ['{', 'it is not JSON'],
    ['[]', 'it is no manifest'],
    [JSON.stringify({ ...good, Raw: Buffer.from('{}').toString('base64') }), 'its document is not sha256:'],
  ] as const) {
    await writeFile(path, text)
    const { exitCode, stderr } = await manifest('berth', ['push', list])
    assert.equal(exitCode, 1)
    assert.ok(stderr.includes(`Cannot read ${path}: ${why}`), stderr)
  }
  assert.equal((await manifest('berth', ['rm', list])).exitCode, 0)
  assert.deepEqual(await readdir(lists), [])
})

test("manifest commands work with Debian's registry", async (t) => {
  if (!(await isRegistryInstalled())) return t.skip('docker-registry is not installed')
  await using registry = await startDebianRegistry()
  const to = (name: string) => `${registry.address}/${name}`
  for (const tag of ['amd64', 'arm64'])
    await runProgram([
      berth,
      'image',
      'copy',
      '--all',
      `${hub.address}/docker/multi:${tag}`,
      to(`source/multi:${tag}`),
    ])
  const list = to('target/multi:1')
  for (const args of [
    ['create', list, to('source/multi:amd64'), to('source/multi:arm64')],
    ['push', list],
    ['inspect', list],
  ]) {
    const theirs = await manifest('docker', args)
    const ours = await manifest('berth', args)
    assert.equal(ours.exitCode, 0, ours.stderr)
    assert.equal(ours.stdout, theirs.stdout)
  }
})
