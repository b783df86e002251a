import { booleanFilter, type Filters, type ImageSummary } from '@berth/api'
import { familiarName, familiarReference, parseReference } from '@berth/oci'
import { matchesGlob } from '../glob.ts'
import { matchesLabelFilters } from '../matches-label-filters.ts'
import { parseInstant } from '../parse-instant.ts'
import { familiarNames } from './store/familiar-names.ts'
import { getImage } from './store/find-image.ts'
import type { ImageContext } from './image-context.ts'
import { childrenOf, isIntermediate } from './image-tree.ts'
import { imageManifests } from './platforms/image-manifests.ts'
import type { ImageNames, ImageRecord } from './store/image-store.ts'
import { usersOf } from './platforms/platform-images.ts'

export interface ListImagesOptions {
  filters: Filters
  /** Also images without a name that are only there for those that were made of them. */
  all: boolean
}

/** As `listImages`, each with what is here of it for each platform; their sizes are what all of it takes on disk. */
export async function listImagesWithManifests(
  context: ImageContext,
  options: ListImagesOptions,
): Promise<ImageSummary[]> {
  return Promise.all(
    listImages(context, options).map(async (summary) => {
      const image = context.images.find(summary.Id)
      if (!image) return summary
      const Manifests = await imageManifests(context, image)
      return { ...summary, Size: Manifests.reduce((sum, { Size }) => sum + Size.Total, 0), Manifests }
    }),
  )
}

interface Entry {
  image: ImageRecord
  names: ImageNames
}

/** Images that match every filter, newest first. Image names are shown as people write them. */
export function listImages(context: ImageContext, { filters, all }: ListImagesOptions): ImageSummary[] {
  const names = context.images.allNames()
  const entries = context.images
    .list()
    .map((image) => ({ image, names: names.get(image.imageId) ?? { tags: [], digests: [] } }))
  const tests = filterTests(context, filters)
  return entries.flatMap((entry) => {
    const kept = narrowToReference(entry, filters)
    if (!kept || !tests.every((test) => test(kept))) return []
    return all || !isIntermediate(context.images, kept.image) ? [summarize(context, kept)] : []
  })
}

function filterTests(context: ImageContext, filters: Filters): ((entry: Entry) => boolean)[] {
  const tests: ((entry: Entry) => boolean)[] = []
  const createdMs = ({ image }: Entry) => Date.parse(image.createdAt)
  const referenceMs = (name: string) => Date.parse(getImage(context.images, name).image.createdAt)
  const isDangling = booleanFilter(filters, 'dangling')
  if (isDangling === true)
    tests.push(
      ({ image, names }) => names.tags.length === 0 && childrenOf(context.images, image).length === 0,
    )
  if (isDangling === false) tests.push(({ names }) => names.tags.length + names.digests.length > 0)
  tests.push(({ image }) => matchesLabelFilters(image.labels, filters))
  for (const name of filters.get('before') ?? []) {
    const limit = referenceMs(name)
    tests.push((entry) => createdMs(entry) < limit)
  }
  for (const name of filters.get('since') ?? []) {
    const limit = referenceMs(name)
    tests.push((entry) => createdMs(entry) > limit)
  }
  for (const text of filters.get('until') ?? []) {
    const limit = parseInstant(text)
    tests.push((entry) => createdMs(entry) < limit)
  }
  return tests
}

/** With a `reference` filter an image shows only the names that match; without any such name it is left out. */
function narrowToReference(entry: Entry, filters: Filters): Entry | undefined {
  const patterns = filters.get('reference')
  if (!patterns) return entry
  const matches = (name: string) => patterns.some((pattern) => matchesReference(pattern, name))
  const tags = entry.names.tags.filter(matches)
  const digests = entry.names.digests.filter(matches)
  return tags.length + digests.length === 0 ? undefined : { image: entry.image, names: { tags, digests } }
}

/** A pattern is held against the familiar name, with and without its tag, as `path.Match` does in Docker. */
function matchesReference(pattern: string, name: string): boolean {
  const reference = parseReference(name)
  const familiar = familiarReference(reference)
  return matchesGlob(pattern, familiar) || matchesGlob(pattern, familiarName(reference))
}

function summarize(context: ImageContext, { image, names }: Entry): ImageSummary {
  return {
    Containers: usersOf(context, image).length,
    Created: Math.floor(Date.parse(image.createdAt) / 1000),
    Id: image.imageId,
    Labels: Object.keys(image.labels).length > 0 ? image.labels : null,
    ParentId: context.images.parentOf(image.imageId) ?? '',
    ...familiarNames(names),
    SharedSize: -1,
    Size: image.sizeBytes,
  }
}
