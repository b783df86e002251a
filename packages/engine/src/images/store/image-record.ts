import type { Digest, ImageConfig } from '@berth/oci'
import type { Snapshotter } from '@berth/snapshot'
import { CodedError } from '@berth/stdx'
import type { ImageRecord } from './image-store.ts'

/** Docker's stand-in for an image whose config names no time. */
const noTime = '0001-01-01T00:00:00Z'

/** The row of an image whose layers are all unpacked. */
export async function imageRecord(
  snapshotter: Snapshotter,
  { imageId, manifestDigest, config }: { imageId: Digest; manifestDigest: Digest; config: ImageConfig },
): Promise<ImageRecord> {
  let sizeBytes = 0
  for (const diffId of config.rootfs.diff_ids) {
    const layer = await snapshotter.findLayer(diffId)
    if (!layer) throw new CodedError('internal', `Cannot record image ${imageId}: layer ${diffId} is missing`)
    sizeBytes += layer.sizeBytes
  }
  return {
    imageId,
    manifestDigest,
    createdAt: config.created ?? noTime,
    os: config.os,
    architecture: config.architecture,
    ...(config.variant === undefined ? {} : { variant: config.variant }),
    sizeBytes,
    labels: config.config?.Labels ?? {},
    diffIds: config.rootfs.diff_ids,
  }
}
