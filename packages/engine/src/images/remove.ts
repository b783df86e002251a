import type { ImageDeleteItem } from '@berth/api'
import { digestHex, familiarReference, formatReference, parseReference, type Platform } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { collectGarbage } from './content/collect-garbage.ts'
import { getImage, type FoundImage } from './store/find-image.ts'
import type { ImageContext } from './image-context.ts'
import type { ImageRecord } from './store/image-store.ts'
import { familiar } from './store/familiar-names.ts'
import { choosePlatform, imagesOfIndex, usersOf } from './platforms/platform-images.ts'

export interface RemoveImageOptions {
  force: boolean
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
  { name, force, platforms }: RemoveImageOptions & { name: string },
): ImageDeleteItem[] {
  const members = platforms.map((platform) => choosePlatform(context.images, found.image, { name, platform }))
  if (members.length > 0 && imagesOfIndex(context.images, found.image).length > 1)
    return removeMembers(context, found.image, members)
  return found.by.kind === 'id'
    ? removeById(context, found.image, force)
    : removeByName(context, found, { name, force })
}

/** Of an image for several platforms; with the last of them it goes itself. */
function removeMembers(
  context: ImageContext,
  image: ImageRecord,
  members: readonly ImageRecord[],
): ImageDeleteItem[] {
  const used = members.find(({ imageId }) => context.containersOf(imageId).length > 0)
  const [user] = used ? context.containersOf(used.imageId) : []
  if (used && user) {
    const how = user.isRunning ? 'running' : 'stopped'
    throw conflict(
      used,
      'cannot be forced',
      `image is being used by ${how} container ${user.id.slice(0, 12)}`,
    )
  }
  const gone = new Set(members.map(({ imageId }) => imageId))
  const left = imagesOfIndex(context.images, image).filter(({ imageId }) => !gone.has(imageId))
  const [successor] = left
  if (!successor) return removeWholly(context, image)
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
  { name, force }: { name: string; force: boolean },
): ImageDeleteItem[] {
  if (by.kind === 'id') return []
  const stored = formatReference(by.reference)
  const names = context.images.namesOf(image.imageId)
  const isLast =
    by.kind === 'tag' ? names.tags.length === 1 : names.tags.length === 0 && names.digests.length === 1
  if (!isLast) return untag(context, image, stored)
  const [user] = usersOf(context, image)
  if (user && !force) {
    throw new CodedError(
      'conflict',
      `conflict: unable to remove repository reference ${JSON.stringify(name)} (must force) - container ${user.id.slice(0, 12)} is using its referenced image ${shortId(image)}`,
    )
  }
  if (user) return untag(context, image, stored)
  return removeWholly(context, image)
}

function removeById(context: ImageContext, image: ImageRecord, force: boolean): ImageDeleteItem[] {
  const users = usersOf(context, image)
  const running = users.find((user) => user.isRunning)
  if (running) {
    throw conflict(
      image,
      'cannot be forced',
      `image is being used by running container ${running.id.slice(0, 12)}`,
    )
  }
  const repositories = new Set(
    context.images.namesOf(image.imageId).tags.map((tag) => parseReference(tag).repository),
  )
  if (repositories.size > 1 && !force)
    throw conflict(image, 'must be forced', 'image is referenced in multiple repositories')
  if (users[0] && !force) {
    throw conflict(
      image,
      'must be forced',
      `image is being used by stopped container ${users[0].id.slice(0, 12)}`,
    )
  }
  return removeWholly(context, image)
}

function conflict(image: ImageRecord, how: string, why: string): CodedError {
  return new CodedError('conflict', `conflict: unable to delete ${shortId(image)} (${how}) - ${why}`)
}

const shortId = (image: ImageRecord): string => digestHex(image.imageId).slice(0, 12)

/** Takes one tag or digest; digests of a repository go with its last tag. */
function untag(context: ImageContext, image: ImageRecord, stored: string): ImageDeleteItem[] {
  const reference = parseReference(stored)
  const repository = `${reference.registry}/${reference.repository}`
  if (reference.digest) context.images.deleteDigest(repository, reference.digest)
  else context.images.deleteTag(stored)
  const removed = [{ Untagged: familiarReference(reference) }]
  const left = context.images.namesOf(image.imageId)
  if (!left.tags.some((tag) => tag.startsWith(`${repository}:`))) {
    for (const name of left.digests.filter((digest) => digest.startsWith(`${repository}@`))) {
      context.images.deleteDigest(repository, name.slice(repository.length + 1))
      removed.push({ Untagged: familiar(name) })
    }
  }
  for (const item of removed) context.events.image('untag', image.imageId, { name: item.Untagged })
  return removed
}

/** Forgets an image with all its names. What only it needed is garbage then. */
export function removeWholly(context: ImageContext, image: ImageRecord): ImageDeleteItem[] {
  const names = context.images.namesOf(image.imageId)
  const untagged = [...names.tags, ...names.digests].map((name) => ({ Untagged: familiar(name) }))
  const deleted = context.images.delete(image.imageId)
  for (const item of untagged) context.events.image('untag', image.imageId, { name: item.Untagged })
  for (const imageId of deleted) context.events.image('delete', imageId, { name: imageId })
  return [...untagged, ...deleted.map((imageId) => ({ Deleted: imageId }))]
}
