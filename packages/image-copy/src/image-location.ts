import { formatReference, parseReference, withDefaultTag, type Reference } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { openArchiveSource } from './archive-source.ts'
import { openArchiveTarget } from './archive-target.ts'
import type { ImageSource } from './image-source.ts'
import type { ImageTarget } from './image-target.ts'
import { layoutSource, layoutTarget } from './layout-directory.ts'
import { registrySource, registryTarget, type RegistryImageOptions } from './registry-image.ts'

/** Where an image is, or is to be. `name` is that of the image there; undefined where there is but one. */
export type ImageLocation =
  | { kind: 'registry'; reference: Reference }
  | { kind: 'layout'; directory: string; name: string | undefined }
  | { kind: 'archive'; file: string; name: string | undefined }

const schemes: Readonly<Record<string, (rest: string) => ImageLocation>> = {
  'docker://': (rest) => ({ kind: 'registry', reference: withDefaultTag(parseReference(rest)) }),
  'oci:': (rest) => {
    const { path, name } = splitPath(rest)
    return { kind: 'layout', directory: path, name }
  },
  'oci-archive:': (rest) => {
    const { path, name } = splitPath(rest)
    return { kind: 'archive', file: path, name }
  },
  'docker-archive:': (rest) => {
    const { path, name } = splitPath(rest)
    if (name === undefined) return { kind: 'archive', file: path, name }
    return { kind: 'archive', file: path, name: formatReference(withDefaultTag(parseReference(name))) }
  },
}

/**
 * Reads a location as people write it: a reference, `docker://REFERENCE`, `oci:DIRECTORY[:NAME]`, `oci-archive:FILE[:NAME]`
 * or `docker-archive:FILE[:REFERENCE]`; throws `invalid-argument`.
 */
export function parseImageLocation(text: string): ImageLocation {
  const scheme = Object.keys(schemes).find((prefix) => text.startsWith(prefix)) ?? ''
  const parse = schemes[scheme] ?? schemes['docker://']
  if (!parse) throw new CodedError('internal', 'Cannot read location: no scheme is known')
  return parse(text.slice(scheme.length))
}

/** The path ends at its first colon: what is behind may hold more of them. */
function splitPath(rest: string): { path: string; name: string | undefined } {
  const colon = rest.indexOf(':')
  const path = colon < 0 ? rest : rest.slice(0, colon)
  if (path === '') throw new CodedError('invalid-argument', 'Cannot read location: it names no path')
  return { path, name: colon < 0 ? undefined : rest.slice(colon + 1) || undefined }
}

/** Opens an image to be read; who calls disposes it. */
export async function openImageSource(
  location: ImageLocation,
  options: RegistryImageOptions,
): Promise<ImageSource> {
  if (location.kind === 'registry') return registrySource(location.reference, options)
  if (location.kind === 'layout') return layoutSource(location.directory, location.name)
  return await openArchiveSource(location.file, location.name)
}

/** Opens a place for an image; who calls disposes it. */
export async function openImageTarget(
  location: ImageLocation,
  options: RegistryImageOptions,
): Promise<ImageTarget> {
  if (location.kind === 'registry') return registryTarget(location.reference, options)
  if (location.kind === 'layout') return layoutTarget(location.directory, location.name)
  return await openArchiveTarget(location.file, location.name)
}
