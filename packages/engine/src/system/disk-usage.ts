import type { DiskUsage, ImageSummary } from '@berth/api'
import type { ContainerContext } from '../containers/container-context.ts'
import { listContainers } from '../containers/list.ts'
import type { ImageContext } from '../images/image-context.ts'
import { isIntermediate } from '../images/image-tree.ts'
import { listImages } from '../images/list.ts'

const noFilters = new Map<string, string[]>()

/** What takes room on disk. Layers count uncompressed, as in the sizes of images, and once however many images share them. */
export async function diskUsage(context: ContainerContext): Promise<DiskUsage> {
  const layers = new Map<string, number>()
  for await (const { diffId, sizeBytes } of context.snapshotter.listLayers()) layers.set(diffId, sizeBytes)
  return {
    LayersSize: [...layers.values()].reduce((total, sizeBytes) => total + sizeBytes, 0),
    Images: withSharedSizes(context.images, layers),
    Containers: await listContainers(context, { all: true, limit: 0, size: true, filters: noFilters }),
    Volumes: [],
    BuildCache: [],
    BuilderSize: 0,
  }
}

function withSharedSizes(context: ImageContext, layers: ReadonlyMap<string, number>): ImageSummary[] {
  const users = new Map<string, number>()
  const diffIdsOf = new Map(
    context.images
      .listWithMembers()
      .filter((image) => !isIntermediate(context.images, image))
      .map(({ imageId, diffIds }) => [imageId as string, new Set(diffIds)]),
  )
  for (const diffIds of diffIdsOf.values())
    for (const diffId of diffIds) users.set(diffId, (users.get(diffId) ?? 0) + 1)
  return listImages(context, { filters: noFilters, all: false }).map((summary) => ({
    ...summary,
    SharedSize: [...(diffIdsOf.get(summary.Id) ?? [])]
      .filter((diffId) => (users.get(diffId) ?? 0) > 1)
      .reduce((total, diffId) => total + (layers.get(diffId) ?? 0), 0),
  }))
}
