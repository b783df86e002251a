import type { ByteString } from '../tar/tar-entry.ts'

/**
 * Resolves `.`, `..` and slashes by text alone. The root is ''. Undefined when a relative path leaves the root;
 * an absolute one starts at the root and cannot.
 */
export function cleanPath(path: ByteString): ByteString | undefined {
  const trimmed = path.startsWith('./') ? path.slice(2) : path
  const bare = trimmed.endsWith('/') ? trimmed.slice(0, -1) : trimmed
  if (!isUnclean.test(bare)) return bare
  const components: string[] = []
  for (const component of path.split('/')) {
    if (component === '' || component === '.') continue
    if (component !== '..') components.push(component)
    else if (components.pop() === undefined && !path.startsWith('/')) return undefined
  }
  return components.join('/')
}

/** An empty, `.` or `..` component. */
const isUnclean = /(^|\/)(\.{0,2})(\/|$)/
