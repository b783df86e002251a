import type { EngineClient } from '@berth/client'
import {
  openImageSource,
  openImageTarget,
  parseImageLocation,
  type ImageLocation,
  type ImageSource,
  type ImageTarget,
  type RegistryImageOptions,
} from '@berth/image-copy'
import { resolve } from 'node:path'
import { openEngineSource, openEngineTarget } from './engine-image.ts'

/** What the places of images are reached by. */
export interface Places extends RegistryImageOptions {
  client: EngineClient
  /** The working directory. */
  folder: string
  signal: AbortSignal
}

/** The engine's images, under the name that other tools have for them. */
const engineScheme = 'docker-daemon:'

/** An image to be read, wherever `text` says that it is; who calls disposes it. */
export async function openSource(text: string, places: Places): Promise<ImageSource> {
  return text.startsWith(engineScheme)
    ? await openEngineSource(text.slice(engineScheme.length), places)
    : await openImageSource(located(text, places), places)
}

/** A place for an image; who calls disposes it. */
export async function openTarget(text: string, places: Places): Promise<ImageTarget> {
  return text.startsWith(engineScheme)
    ? await openEngineTarget(text.slice(engineScheme.length), places)
    : await openImageTarget(located(text, places), places)
}

function located(text: string, { folder }: Places): ImageLocation {
  const location = parseImageLocation(text)
  if (location.kind === 'layout') return { ...location, directory: resolve(folder, location.directory) }
  if (location.kind === 'archive') return { ...location, file: resolve(folder, location.file) }
  return location
}
