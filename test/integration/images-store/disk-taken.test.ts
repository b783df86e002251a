import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { diskUsage } from '../../../bench/disk-usage.ts'
import { engineSuite } from '../../fixtures/engine-suite.ts'
import { buildImage } from '../../fixtures/images.ts'
import { dockerArchive, writeArchive } from './image-archives.ts'

const suite = engineSuite({ bridge: 'none' })

/** Half of it can be compressed. */
const content = () => Buffer.concat([randomBytes(30_000), Buffer.alloc(30_000, 'text ')])
const layer = () =>
  Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`/file-${index}`, content()]))
const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0)

/** Bytes. */
async function takenBy(action: () => Promise<unknown>): Promise<number> {
  const before = await diskUsage(suite.engine.dataRoot)
  await action()
  return ((await diskUsage(suite.engine.dataRoot)) - before) * 2 ** 20
}

test('a pull takes no more of the disk than its layers, compressed and not, and 2 %', async () => {
  const image = await buildImage({ layers: [layer(), layer()] })
  await suite.hub.push(image, 'library/pulled:1')
  const taken = await takenBy(() => suite.docker('pull', '-q', 'pulled:1'))
  const sizes = sum(image.layers.map(({ bytes, tar }) => bytes.length + tar.length))
  assert.ok(taken > sizes && taken <= sizes * 1.02, `${taken} of ${sizes} bytes`)
})

test('a load of layers that are not compressed takes no more of the disk than these and 2 %', async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'bt-taken-'))
  context.after(() => rm(directory, { recursive: true, force: true }))
  const image = await buildImage({ layers: [layer(), layer()] })
  const archive = await writeArchive(join(directory, 'image.tar'), dockerArchive(image, ['loaded:1']))
  const taken = await takenBy(() => suite.docker('load', '-i', archive))
  const sizes = sum(image.layers.map(({ tar }) => tar.length))
  assert.ok(taken > sizes && taken <= sizes * 1.02, `${taken} of ${sizes} bytes`)
})
