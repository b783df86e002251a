import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linuxKernel, type Kernel } from '@berth/syscalls'
import { openOverlaySnapshotter } from './open-snapshotter.ts'
import { testSnapshotter, writeTreeLayer, type SnapshotterUnderTest } from './testsuite/index.ts'

/** As before Linux 5.2. */
const olderKernel: Kernel = {
  ...linuxKernel,
  mountByContext() {
    throw Object.assign(new Error('ENOSYS: fsopen'), { code: 'ENOSYS' })
  },
}

const on = (kernel: Kernel): SnapshotterUnderTest => ({
  open: (options) => openOverlaySnapshotter({ ...options, kernel }),
  writeLayer: writeTreeLayer,
})

if (process.getuid?.() === 0) {
  testSnapshotter('overlay', on(linuxKernel))
  testSnapshotter('overlay on an older kernel', on(olderKernel))
} else test('snapshotter overlay', { skip: 'needs root to mount' }, () => undefined)

test('openOverlaySnapshotter() refuses directories that mount options cannot name', async () => {
  for (const directory of ['relative', '/tmp/berth,comma', '/tmp/berth:colon']) {
    const opened = openOverlaySnapshotter({ directory, runDirectory: directory, kernel: linuxKernel })
    await assert.rejects(opened, { code: 'invalid-argument' })
  }
})
