import { platformDistance, type Platform } from '@berth/oci'
import { getImage, type FoundImage } from '../store/find-image.ts'
import type { ImageContext } from '../image-context.ts'
import type { ImageRecord, ImageStore } from '../store/image-store.ts'
import { checkPlatform } from './platform-wish.ts'

/** An image and what else of its index is here, itself first. */
export function imagesOfIndex(images: ImageStore, image: ImageRecord): ImageRecord[] {
  const members = images.findIndex(image.imageId)?.members ?? []
  return [image, ...members.flatMap((id) => images.find(id) ?? [])]
}

/** As `getImage`, for a platform: of an image of several, the one that serves it best. Throws `not-found` in Docker's words. */
export function getPlatformImage(
  images: ImageStore,
  name: string,
  platform: Platform | undefined,
): FoundImage {
  const found = getImage(images, name)
  return platform ? { ...found, image: choosePlatform(images, found.image, { name, platform }) } : found
}

/** The image of an index that serves `platform` best; throws `not-found` when none does. */
export function choosePlatform(
  images: ImageStore,
  image: ImageRecord,
  { name, platform }: { name: string; platform: Platform },
): ImageRecord {
  const serving = imagesOfIndex(images, image)
    .map((candidate) => ({ candidate, distance: platformDistance(platform, candidate) ?? Infinity }))
    .filter(({ distance }) => distance < Infinity)
    .sort((one, other) => one.distance - other.distance)
  const chosen = serving[0]?.candidate ?? image
  checkPlatform(chosen, { name, platform })
  return chosen
}

export const platformOf = ({ os, architecture, variant }: Platform): Platform => ({
  architecture,
  os,
  ...(variant === undefined ? {} : { variant }),
})

/** Containers of an image, and of the members of its index that go with it. */
export const usersOf = (
  { images, containersOf }: Pick<ImageContext, 'images' | 'containersOf'>,
  { imageId }: ImageRecord,
): ReturnType<ImageContext['containersOf']> =>
  [imageId, ...images.ownMembers(imageId)].flatMap((id) => containersOf(id))
