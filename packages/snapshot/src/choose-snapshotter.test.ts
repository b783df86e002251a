import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { linuxKernel, type Kernel, type MountRequest } from '@berth/syscalls'
import { chooseSnapshotter } from './choose-snapshotter.ts'

const skip = process.getuid?.() === 0 ? false : 'needs root to mount'
const root = mkdtempSync(join(tmpdir(), 'berth-choose-'))
after(() => rmSync(root, { recursive: true }))
const directories = { directory: join(root, 'data'), runDirectory: join(root, 'run') }

/** As before Linux 6.12. */
const withoutErofs: Kernel = {
  ...linuxKernel,
  mount(request: MountRequest) {
    if (request.type === 'erofs') throw Object.assign(new Error('ENOTBLK: mount erofs'), { code: 'ENOTBLK' })
    linuxKernel.mount(request)
  },
}

const withoutOverlay: Kernel = {
  ...withoutErofs,
  mountByContext() {
    throw Object.assign(new Error('ENODEV: fsopen overlay'), { code: 'ENODEV' })
  },
}

test(
  'chooseSnapshotter() unpacks layers when the kernel does not mount them, and says why',
  { skip },
  async () => {
    const { snapshotter, reason } = await chooseSnapshotter({ ...directories, kernel: withoutErofs })
    await using _ = snapshotter
    assert.deepEqual([snapshotter.name, snapshotter.layerFormat], ['overlay', 'tree'])
    assert.match(reason, /ENOTBLK: mount erofs/)
  },
)

test('chooseSnapshotter() takes what is preferred, or refuses', { skip }, async () => {
  const { snapshotter, reason } = await chooseSnapshotter({
    ...directories,
    kernel: linuxKernel,
    prefer: 'overlay',
  })
  await using _ = snapshotter
  assert.equal(snapshotter.name, 'overlay')
  assert.match(reason, /as configured/)
  await assert.rejects(chooseSnapshotter({ ...directories, kernel: withoutErofs, prefer: 'erofs' }), {
    code: 'failed-precondition',
    message: 'Cannot use snapshotter erofs: ENOTBLK: mount erofs',
  })
})

test('chooseSnapshotter() refuses a kernel without overlayfs', { skip }, async () => {
  await assert.rejects(chooseSnapshotter({ ...directories, kernel: withoutOverlay }), {
    code: 'failed-precondition',
    message: 'Cannot use snapshotter overlay: ENODEV: fsopen overlay',
  })
})
