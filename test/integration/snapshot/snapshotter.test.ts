import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { packTar, writeLayer, type TarMember } from '@berth/layer'
import {
  chooseSnapshotter,
  openErofsSnapshotter,
  openOverlaySnapshotter,
  probeSnapshotter,
  type LayerFormat,
  type SnapshotterOptions,
} from '@berth/snapshot'
import { testSnapshotter, type LayerEntry, type SnapshotterUnderTest } from '@berth/snapshot/testsuite'
import { linuxKernel } from '@berth/syscalls'

/** As an image's archive says it: whiteouts are files with marked names. */
function membersOf(entry: LayerEntry): TarMember[] {
  const owner = { uid: entry.uid ?? 0, gid: entry.gid ?? 0 }
  const mode = entry.mode === undefined ? {} : { mode: entry.mode }
  switch (entry.type) {
    case 'file':
      return [{ name: entry.path, type: 'file', body: entry.content ?? '', ...owner, ...mode }]
    case 'whiteout':
      return [{ name: join(entry.path, '..', `.wh.${entry.path.split('/').at(-1)}`), type: 'file' }]
    case 'directory':
      return [
        { name: `${entry.path}/`, type: 'directory', ...owner, ...mode },
        ...(entry.opaque ? [{ name: join(entry.path, '.wh..wh..opq'), type: 'file' as const }] : []),
      ]
    default:
      return entry.type satisfies never
  }
}

const writeAs =
  (format: LayerFormat) =>
  async (entries: readonly LayerEntry[], directory: string): Promise<void> => {
    const source = `${directory}.tar`
    await writeFile(source, packTar(entries.flatMap(membersOf)))
    try {
      const written = await writeLayer({ source, compression: 'auto', format, directory })
      assert.equal(written.format, format)
    } finally {
      await rm(source)
    }
  }

async function inTemporary<T>(action: (options: SnapshotterOptions) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'berth-integration-'))
  try {
    return await action({
      directory: join(root, 'data'),
      runDirectory: join(root, 'run'),
      kernel: linuxKernel,
    })
  } finally {
    await rm(root, { recursive: true })
  }
}

const subject = (open: typeof openErofsSnapshotter, format: LayerFormat): SnapshotterUnderTest => ({
  open: (options) => open({ ...options, kernel: linuxKernel }),
  writeLayer: writeAs(format),
})

const choice = await inTemporary(probeSnapshotter)
if (choice.name === 'erofs') testSnapshotter('erofs', subject(openErofsSnapshotter, 'erofs'))
else test('snapshotter erofs', { skip: choice.reason }, () => undefined)
testSnapshotter('overlay', subject(openOverlaySnapshotter, 'tree'))

test('chooseSnapshotter() opens what probeSnapshotter() found', async () => {
  await inTemporary(async (options) => {
    const { snapshotter, reason } = await chooseSnapshotter(options)
    await using _ = snapshotter
    assert.deepEqual({ name: snapshotter.name, reason }, choice)
  })
})
