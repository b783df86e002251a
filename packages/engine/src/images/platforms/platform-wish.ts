import { formatPlatform, platformDistance, type Platform } from '@berth/oci'
import { CodedError } from '@berth/stdx'

/** The platform that a person asked for, and of which image, as people write its name. */
export interface PlatformWish {
  name: string
  platform: Platform | undefined
}

/** Throws `not-found`, in Docker's words, when an image does not run where it was asked for. */
export function checkPlatform(image: Platform, { name, platform }: PlatformWish): void {
  if (!platform || platformDistance(platform, image) !== undefined) return
  throw new CodedError(
    'not-found',
    `image with reference ${name} was found but does not provide the specified platform (${formatPlatform(platform)})`,
  )
}

/** The platforms that a person asked for, any of which will do; none: it does not matter. */
export interface PlatformsWish {
  name: string
  platforms: readonly Platform[]
}

/** As `checkPlatform`, for any of several. */
export function checkPlatforms(image: Platform, { name, platforms }: PlatformsWish): void {
  if (platforms.some((platform) => platformDistance(platform, image) !== undefined)) return
  checkPlatform(image, { name, platform: platforms[0] })
}
