import type { ImageHistoryItem, ImageInspect } from '@berth/api'
import { type Digest, type HistoryEntry, type Platform } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import type { ImageContext } from './image-context.ts'
import { familiarNames } from './store/familiar-names.ts'
import type { ImageRecord } from './store/image-store.ts'
import { imageManifests } from './platforms/image-manifests.ts'
import { getPlatformImage } from './platforms/platform-images.ts'

export interface InspectImageOptions {
  /** Which image of several platforms. */
  platform?: Platform | undefined
  /** Tells what is here for each platform. */
  withManifests?: boolean
}

export async function inspectImage(
  context: ImageContext,
  name: string,
  { platform, withManifests = false }: InspectImageOptions = {},
): Promise<ImageInspect> {
  const { image } = getPlatformImage(context.images, name, platform)
  const inspected = await describeImage(context, image)
  return withManifests ? { ...inspected, Manifests: await imageManifests(context, image) } : inspected
}

async function describeImage(context: ImageContext, image: ImageRecord): Promise<ImageInspect> {
  const config = await context.configs.read(image.imageId)
  const names = context.images.namesOf(image.imageId)
  return {
    Id: image.imageId,
    ...familiarNames(names),
    Parent: context.images.parentOf(image.imageId) ?? '',
    Comment: config.comment ?? config.history?.at(-1)?.comment ?? '',
    ...(config.created === undefined ? {} : { Created: config.created }),
    DockerVersion: config.docker_version ?? '',
    Author: config.author ?? '',
    Config: config.config ?? null,
    Architecture: config.architecture,
    ...(config.variant === undefined ? {} : { Variant: config.variant }),
    Os: config.os,
    ...(config['os.version'] === undefined ? {} : { OsVersion: config['os.version'] }),
    Size: image.sizeBytes,
    GraphDriver: { Name: context.snapshotter.name, Data: null },
    RootFS: { Type: 'layers', Layers: image.diffIds },
    Metadata: { LastTagTime: context.images.lastTaggedAt(image.imageId) ?? '0001-01-01T00:00:00Z' },
  }
}

/** Newest first; steps stand for the image itself and, one by one, for the images that it was made of. */
export async function imageHistory(
  context: ImageContext,
  name: string,
  { platform }: Pick<InspectImageOptions, 'platform'> = {},
): Promise<ImageHistoryItem[]> {
  const { image } = getPlatformImage(context.images, name, platform)
  const config = await context.configs.read(image.imageId)
  const sizes = await layerSizes(context, image)
  let layer = 0
  const entries = (config.history ?? []).map((entry) =>
    historyItem(entry, entry.empty_layer ? 0 : (sizes[layer++] ?? 0)),
  )
  let imageId: Digest | undefined = image.imageId
  return entries.toReversed().map((entry) => {
    if (imageId === undefined) return entry
    const { RepoTags } = familiarNames(context.images.namesOf(imageId))
    const shown = { ...entry, Id: imageId, Tags: RepoTags.length > 0 ? RepoTags : null }
    imageId = context.images.parentOf(imageId)
    return shown
  })
}

function historyItem(entry: HistoryEntry, size: number): ImageHistoryItem {
  return {
    Id: '<missing>',
    Created: entry.created ? Math.floor(Date.parse(entry.created) / 1000) : 0,
    CreatedBy: entry.created_by ?? '',
    Tags: null,
    Size: size,
    Comment: entry.comment ?? '',
  }
}

async function layerSizes(context: ImageContext, image: ImageRecord): Promise<number[]> {
  return Promise.all(
    image.diffIds.map(async (diffId) => {
      const layer = await context.snapshotter.findLayer(diffId)
      if (!layer)
        throw new CodedError('data-loss', `Cannot read image ${image.imageId}: layer ${diffId} is missing`)
      return layer.sizeBytes
    }),
  )
}
