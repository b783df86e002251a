import { posix } from 'node:path'

/** True for a path whose last component is a dot: not the directory is meant, but what is in it. */
export const isCurrentDirectory = (path: string): boolean => posix.basename(path) === '.'

export const hasTrailingSlash = (path: string): boolean => path.endsWith('/')

/** `clean` with the dot or slash at the end that `original` has. */
export function withEndOf(clean: string, original: string): string {
  const isDotLost = isCurrentDirectory(original) && !isCurrentDirectory(clean)
  const dotted = isDotLost ? `${clean}${hasTrailingSlash(clean) ? '' : '/'}.` : clean
  return hasTrailingSlash(original) && !hasTrailingSlash(dotted) ? `${dotted}/` : dotted
}

/** Where an entry is and how it is called, a dot at the end included. */
export function splitEntry(path: string): { directory: string; name: string } {
  const clean = posix.normalize(path).replace(/(.)\/$/, '$1')
  const whole = isCurrentDirectory(path) && !isCurrentDirectory(clean) ? `${clean}/.` : clean
  return { directory: posix.dirname(whole), name: baseName(whole) }
}

/** The last component; of the root a slash. */
const baseName = (path: string): string => posix.basename(path) || '/'

/**
 * What stands for `path` after its links were followed, with its end kept, and the name that it was asked for by when
 * that is another one.
 */
export function followed(path: string, resolved: string): { path: string; name: string | undefined } {
  const end = withEndOf(resolved, path)
  return { path: end, name: baseName(path) === baseName(end) ? undefined : baseName(path) }
}
