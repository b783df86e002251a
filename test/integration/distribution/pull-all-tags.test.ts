import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startEngine } from '../../fixtures/engine.ts'
import { startHub } from '../../fixtures/hub.ts'
import { buildImage } from '../../fixtures/images.ts'

test('pull -a brings every tag of a repository', async () => {
  await using hub = await startHub()
  await using engine = await startEngine({ bridge: 'none' })
  for (const tag of ['v1', 'v2', 'latest'])
    await hub.push(await buildImage({ layers: [{ '/tag': tag }] }), `team/all:${tag}`)
  const name = `${hub.address}/team/all`
  const { exitCode, stdout, stderr } = await engine.docker(['pull', '-a', name])
  assert.equal(exitCode, 0, stderr)
  assert.deepEqual(
    [...stdout.matchAll(/^(\S+): Pulling from team\/all$/gm)].map(([, tag]) => tag),
    ['latest', 'v1', 'v2'],
  )
  assert.deepEqual(
    stdout.split('\n').filter((line) => line.startsWith('Status:')),
    [`Status: Downloaded newer image for ${name}`],
  )
  const again = (await engine.docker(['pull', '-a', name])).stdout.trim().split('\n')
  assert.deepEqual(again.slice(-2), [`Status: Image is up to date for ${name}`, name])
  const { stdout: tags } = await engine.docker(['images', '--format', '{{.Tag}}', name])
  assert.deepEqual(tags.trim().split('\n').sort(), ['latest', 'v1', 'v2'])
  const missing = await engine.docker(['pull', '-a', `${hub.address}/team/none`])
  assert.equal(missing.exitCode, 1)
  assert.match(missing.stderr, /^Error response from daemon: repository .*\/team\/none not found/)
})
