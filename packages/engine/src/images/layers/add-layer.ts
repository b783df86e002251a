import type { ContentId } from '@berth/content'
import type { WriteLayerOptions, WrittenLayer } from '@berth/layer'
import type { Compression, Digest } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import type { Hold } from '../content/hold.ts'
import type { LayerStores } from './layer-stores.ts'

/** A layer that is written and that nobody can see yet. Disposing without commit removes it. */
export interface WrittenStage extends AsyncDisposable, WrittenLayer {
  commit: () => Promise<void>
}

interface StageOptions {
  /** Default: as its first bytes say. */
  compression?: Compression | 'auto'
  signal: AbortSignal
  onProgress?: (readBytes: number) => void
}

/** Unpacks a blob of the content store, of which nobody has said yet what layer it is. */
export async function stageBlob(
  stores: LayerStores,
  digest: Digest,
  options: StageOptions,
): Promise<WrittenStage> {
  const source = stores.content.blobPath(digest)
  if (source === undefined)
    throw new CodedError('internal', `Cannot unpack ${digest}: the content store has no files`)
  return await stageFile(stores, { source, digest }, options)
}

/** Unpacks a file, which may still grow. */
export async function stageFile(
  { layerWriter, snapshotter, failpoint }: LayerStores,
  file: Pick<WriteLayerOptions, 'source' | 'growth' | 'digest'>,
  { compression = 'auto', signal, onProgress }: StageOptions,
): Promise<WrittenStage> {
  await using stack = new AsyncDisposableStack()
  const staged = stack.use(await snapshotter.stageLayer())
  const format = snapshotter.layerFormat
  const target = { format, directory: staged.directory, signal, ...(onProgress ? { onProgress } : {}) }
  const written = await layerWriter.write({ ...file, compression, ...target })
  await failpoint('image.layer-written')
  const owned = stack.move()
  return {
    ...written,
    commit: () => staged.commit(written),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** Makes a blob of the content store a mountable layer, whatever layer that is. */
export async function addLayer(
  stores: LayerStores,
  { digest }: Pick<ContentId, 'digest'>,
  { hold, signal }: { hold: Hold; signal: AbortSignal },
): Promise<WrittenLayer> {
  await using staged = await stageBlob(stores, digest, { signal })
  hold.holdLayers([staged.diffId])
  await staged.commit()
  return staged
}
