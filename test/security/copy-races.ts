import assert from 'node:assert/strict'
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '@berth/stdx/testsuite'
import type { TestEngine } from '../fixtures/engine.ts'
import { askArchive, pack, unpack } from '../integration/containers/archive-request.ts'
import { swapping } from './swapping.ts'

/** A folder of the host that copies must not reach. */
export interface HostTarget {
  path: string
  /** Fails the test when anything of it has changed. */
  verify: () => void
}

const secret = 'of the host'
const own = 'of the container'

export function makeHostTarget(directory: string): HostTarget {
  const path = join(directory, 'target')
  mkdirSync(path)
  writeFileSync(join(path, 'file'), secret)
  chmodSync(join(path, 'file'), 0o600)
  const state = () =>
    ['.', 'file'].map((name) => {
      const { mode, uid, gid, mtimeMs, nlink } = lstatSync(join(path, name))
      return { name, mode, uid, gid, mtimeMs, nlink }
    })
  const before = state()
  return {
    path,
    verify: () => {
      assert.deepEqual(readdirSync(path), ['file'])
      assert.equal(readFileSync(join(path, 'file'), 'utf8'), secret)
      assert.deepEqual(state(), before)
    },
  }
}

/**
 * A running container in which `/race/dir`, with a file, and `/race/link`, which leads to the target by its path on the
 * host, change places; that path exists in the container, too, so that every copy finds something. Copies in both
 * directions, `rounds` of them.
 */
export async function raceCopies(
  engine: TestEngine,
  { target, rounds, container }: { target: HostTarget; rounds: number; container: string },
): Promise<void> {
  const script = `mkdir -p /race/dir ${target.path} && echo -n '${own}' > /race/dir/file &&
    cp /race/dir/file ${target.path}/file && ln -s ${target.path} /race/link && touch /race/ready && sleep 1000`
  const run = ['run', '-d', '--name', container, '--network', 'none', 'busybox', 'sh', '-c', script]
  const { exitCode, stdout, stderr } = await engine.docker(run)
  assert.equal(exitCode, 0, stderr)
  await eventually(async () => {
    const { status } = await askArchive(engine, 'HEAD', { container, query: { path: '/race/ready' } })
    assert.equal(status, 200)
  })
  const root = join(engine.execRoot, 'rootfs', stdout.trim())
  await using race = await swapping(join(root, 'race'), ['dir', 'link'])
  const planted = await pack([
    { name: 'dir/planted', body: 'x' },
    { name: 'dir/file', body: own, mode: 0o777, uid: 1000 },
    { name: 'planted', body: 'x' },
  ])
  let found = 0
  for (let round = 0; round < rounds; round++) {
    const path = ['/race/dir/file', '/race/dir', '/race/dir/.', '/race'][round % 4] ?? ''
    const out = await askArchive(engine, 'GET', { container, query: { path } })
    assert.ok(!out.bytes.includes(secret), path)
    if (out.status === 200) found += Object.values(await unpack(out.bytes)).includes(own) ? 1 : 0
    const into = round % 2 === 0 ? '/race/dir' : '/race'
    await askArchive(engine, 'PUT', { container, query: { path: into }, body: planted })
    if (round % 100 === 0) target.verify()
  }
  target.verify()
  assert.ok(race.swaps > rounds, `${race.swaps} swaps`)
  assert.ok(found > rounds / 8, `${found} of ${rounds} copies found the file`)
}
