import type { ImageDeleteItem } from '@berth/api'
import { digestHex, formatReference, parseReference, type Platform, type Reference } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { collectGarbage } from './content/collect-garbage.ts'
import { getImage, type FoundImage } from './store/find-image.ts'
import type { ImageContext } from './image-context.ts'
import { childrenOf, unneededAncestors } from './image-tree.ts'
import type { ImageRecord } from './store/image-store.ts'
import { familiar } from './store/familiar-names.ts'
import { choosePlatform, imagesOfIndex, usersOf } from './platforms/platform-images.ts'

export interface RemoveImageOptions {
  force: boolean
  /** Takes images without a name above it, too, when nothing else was made of them. */
  prunes: boolean
  /** Takes only these of an image for several; one that is not here is an error. */
  platforms: readonly Platform[]
}

/** Takes a name from an image, or the image itself when it was its last name or it was named by id. */
export async function removeImage(
  context: ImageContext,
  name: string,
  options: RemoveImageOptions,
): Promise<ImageDeleteItem[]> {
  const removed = removeFound(context, getImage(context.images, name), { ...options, name })
  await context.failpoint('image.deleted')
  if (removed.some((item) => item.Deleted)) await collectGarbage(context)
  return removed
}

function removeFound(
  context: ImageContext,
  found: FoundImage,
  options: RemoveImageOptions & { name: string },
): ImageDeleteItem[] {
  const { name, platforms } = options
  const members = platforms.map((platform) => choosePlatform(context.images, found.image, { name, platform }))
  if (members.length > 0 && imagesOfIndex(context.images, found.image).length > 1)
    return removeMembers(context, found.image, members)
  return found.by.kind === 'id'
    ? removeById(context, found.image, options)
    : removeByName(context, found, options)
}

/** Of an image for several platforms; with the last of them it goes itself. */
function removeMembers(
  context: ImageContext,
  image: ImageRecord,
  members: readonly ImageRecord[],
): ImageDeleteItem[] {
  for (const member of members) {
    const [user] = context.containersOf(member.imageId)
    if (user) throw conflict(member, 'cannot be forced', usedBy(user))
    if (context.images.childrenOf(member.imageId).length > 0)
      throw conflict(member, 'cannot be forced', 'image has dependent child images')
  }
  const gone = new Set(members.map(({ imageId }) => imageId))
  const left = imagesOfIndex(context.images, image).filter(({ imageId }) => !gone.has(imageId))
  const [successor] = left
  if (!successor) return removeWholly(context, image, { prunes: true })
  if (gone.delete(image.imageId)) context.images.replace(image.imageId, successor.imageId)
  for (const imageId of gone) context.images.delete(imageId)
  return members.map(({ imageId }) => {
    context.events.image('delete', imageId, { name: imageId })
    return { Deleted: imageId }
  })
}

function removeByName(
  context: ImageContext,
  { image, by }: FoundImage,
  { name, force, prunes }: RemoveImageOptions & { name: string },
): ImageDeleteItem[] {
  if (by.kind === 'id') return []
  const users = usersOf(context, image)
  const [user] = users
  if (user && !force && isNamedOnce(context, image)) {
    throw new CodedError(
      'conflict',
      `conflict: unable to remove repository reference ${JSON.stringify(name)} (must force) - container ${user.id.slice(0, 12)} is using its referenced image ${shortId(image)}`,
    )
  }
  const names = namesUntagged(context, image, by.reference)
  const { tags, digests } = context.images.namesOf(image.imageId)
  const isNeeded =
    names.length < tags.length + digests.length ||
    childrenOf(context.images, image).length > 0 ||
    users.some(({ isRunning }) => isRunning || !force)
  return isNeeded ? untag(context, image, names) : removeWholly(context, image, { prunes })
}

function removeById(
  context: ImageContext,
  image: ImageRecord,
  { force, prunes }: RemoveImageOptions,
): ImageDeleteItem[] {
  checkNothingNeeds(context, image)
  const { tags, digests } = context.images.namesOf(image.imageId)
  if (!force && tags.length + digests.length > 0 && !isNamedOnce(context, image))
    throw conflict(image, 'must be forced', 'image is referenced in multiple repositories')
  const [user] = usersOf(context, image)
  if (user && !force) throw conflict(image, 'must be forced', usedBy(user))
  return removeWholly(context, image, { prunes })
}

/** Throws for what no force takes. */
function checkNothingNeeds(context: ImageContext, image: ImageRecord): void {
  if (childrenOf(context.images, image).length > 0)
    throw conflict(image, 'cannot be forced', 'image has dependent child images')
  const running = usersOf(context, image).find((user) => user.isRunning)
  if (running) throw conflict(image, 'cannot be forced', usedBy(running))
}

const usedBy = ({ id, isRunning }: { id: string; isRunning: boolean }): string =>
  `image is being used by ${isRunning ? 'running' : 'stopped'} container ${id.slice(0, 12)}`

/** True of an image that has one tag or none, and digests of one repository: that of the tag. */
function isNamedOnce({ images }: ImageContext, { imageId }: ImageRecord): boolean {
  const { tags, digests } = images.namesOf(imageId)
  const repositories = new Set([...tags, ...digests].map(repositoryOf))
  return tags.length <= 1 && repositories.size === 1
}

function conflict(image: ImageRecord, how: string, why: string): CodedError {
  return new CodedError('conflict', `conflict: unable to delete ${shortId(image)} (${how}) - ${why}`)
}

const shortId = (image: ImageRecord): string => digestHex(image.imageId).slice(0, 12)

/** The names that go when one does: digests of a repository go with its last tag. */
function namesUntagged({ images }: ImageContext, { imageId }: ImageRecord, reference: Reference): string[] {
  const name = formatReference(reference)
  const { tags, digests } = images.namesOf(imageId)
  const isOfRepository = (other: string) => repositoryOf(other) === repositoryOf(name)
  if (reference.digest || tags.filter(isOfRepository).length > 1) return [name]
  return [name, ...digests.filter(isOfRepository)]
}

function repositoryOf(name: string): string {
  const { registry, repository } = parseReference(name)
  return `${registry}/${repository}`
}

function untag(context: ImageContext, { imageId }: ImageRecord, names: readonly string[]): ImageDeleteItem[] {
  context.images.deleteNames(names)
  return names.map((name) => {
    const Untagged = familiar(name)
    context.events.image('untag', imageId, { name: Untagged })
    return { Untagged }
  })
}

/** Takes every name of an image, and leaves it to those that were made of it. */
export function untagWholly(context: ImageContext, image: ImageRecord): ImageDeleteItem[] {
  const { tags, digests } = context.images.namesOf(image.imageId)
  return untag(context, image, [...tags, ...digests].toSorted())
}

/**
 * Forgets an image with all its names, and what it was made of as far as that has no name and nothing else needs it. What
 * only they needed is garbage then.
 */
export function removeWholly(
  context: ImageContext,
  image: ImageRecord,
  { prunes }: Pick<RemoveImageOptions, 'prunes'>,
): ImageDeleteItem[] {
  const { tags, digests } = context.images.namesOf(image.imageId)
  const untagged = [...tags, ...digests].toSorted().map((name) => ({ Untagged: familiar(name) }))
  const ancestors = prunes ? unneededAncestors(context, image) : []
  const deleted = context.images.delete(image.imageId, ...ancestors.map(({ imageId }) => imageId))
  for (const item of untagged) context.events.image('untag', image.imageId, { name: item.Untagged })
  for (const imageId of deleted) context.events.image('delete', imageId, { name: imageId })
  return [...untagged, ...deleted.map((imageId) => ({ Deleted: imageId }))]
}
