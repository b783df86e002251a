import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Digest } from '@berth/oci'
import { messageOf, noSpaceError } from '@berth/stdx'
import type { ImageContext } from '../image-context.ts'
import { broken, missing, type Verdict } from './check-blob.ts'

type Context = Pick<ImageContext, 'snapshotter' | 'layerWriter'>

const tarName = 'layer.tar'
const indexName = 'layer.erofs'

/**
 * Makes a layer anew from its own archive, beside it, and holds the one against the other. Of a layer that is unpacked
 * nothing is left to hold it against: it is there or not.
 */
export async function checkLayer(context: Context, diffId: Digest, signal: AbortSignal): Promise<Verdict> {
  const { snapshotter, layerWriter } = context
  const layer = await snapshotter.findLayer(diffId)
  if (!layer) return missing('the layer is gone')
  if (layer.format !== 'erofs') return { readBytes: 0 }
  await using staged = await snapshotter.stageLayer()
  try {
    const written = await layerWriter.write({
      source: join(layer.directory, tarName),
      compression: 'none',
      format: 'erofs',
      directory: staged.directory,
      signal,
    })
    if (written.diffId !== diffId)
      return broken(`the archive has digest ${written.diffId}`, written.sizeBytes)
    const [stored, made] = await Promise.all(
      [layer.directory, staged.directory].map((directory) => readFile(join(directory, indexName))),
    )
    if (!stored || !made?.equals(stored))
      return broken('the index is not that of its archive', written.sizeBytes)
    return { readBytes: written.sizeBytes }
  } catch (error) {
    signal.throwIfAborted()
    throwIfFull(error)
    return broken(messageOf(error))
  }
}

/** A layer that cannot be made for want of room is not one that is broken. */
function throwIfFull(error: unknown): void {
  const full = noSpaceError(error, 'check layer')
  if (full) throw full
}

/** Puts a layer that is made anew in the place of one that is broken or gone; false when `source` does not give it. */
export async function remakeLayer(
  { snapshotter, layerWriter }: Context,
  diffId: Digest,
  { source, signal }: { source: string; signal: AbortSignal },
): Promise<boolean> {
  await using staged = await snapshotter.stageLayer()
  const { directory } = staged
  const format = snapshotter.layerFormat
  try {
    const written = await layerWriter.write({ source, compression: 'auto', format, directory, signal })
    if (written.diffId !== diffId) return false
    await staged.commit({ diffId, sizeBytes: written.sizeBytes, replaces: true })
    return true
  } catch (error) {
    signal.throwIfAborted()
    throwIfFull(error)
    return false
  }
}

/** Where the archive of a mounted layer lies. */
export const layerTarPath = (directory: string): string => join(directory, tarName)
