import type { PlatformImage } from '@berth/catalog'

/** `linux/arm64/v8`, of what of it is known. */
export function formatPlatform({ os, architecture, variant }: PlatformImage): string {
  const parts = [os, architecture, variant].filter((part) => part !== undefined && part !== '')
  return parts.length === 0 ? 'no platform' : parts.join('/')
}
