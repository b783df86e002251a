import type { ContentId } from '@berth/content'
import type { WrittenLayer } from '@berth/layer'
import { CodedError } from '@berth/stdx'
import type { ImageContext } from './image-context.ts'
import type { Hold } from './while-held.ts'

/** Makes a blob of the content store a mountable layer, of which nobody has said yet what it is. */
export async function addLayer(
  { content, layerWriter, snapshotter }: Pick<ImageContext, 'content' | 'layerWriter' | 'snapshotter'>,
  { digest }: Pick<ContentId, 'digest'>,
  { hold, signal }: { hold: Hold; signal: AbortSignal },
): Promise<WrittenLayer> {
  const source = content.blobPath(digest)
  if (source === undefined)
    throw new CodedError('internal', `Cannot unpack ${digest}: the content store has no files`)
  await using staged = await snapshotter.stageLayer()
  const { directory } = staged
  const format = snapshotter.layerFormat
  const written = await layerWriter.write({ source, compression: 'auto', format, directory, signal })
  hold.holdLayers([written.diffId])
  await staged.commit(written)
  return written
}
