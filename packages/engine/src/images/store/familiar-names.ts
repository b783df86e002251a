import type { ImageSummary } from '@berth/api'
import { familiarReference, parseReference } from '@berth/oci'
import type { ImageNames } from './image-store.ts'

/** A stored name as people write it. */
export const familiar = (name: string): string => familiarReference(parseReference(name))

type FamiliarNames = { [Field in 'RepoTags' | 'RepoDigests']: NonNullable<ImageSummary[Field]> }

/** The store gives the same names, in the same object, until they change; and to parse a hundred of them takes its time. */
const known = new WeakMap<ImageNames, FamiliarNames>()

/** The names of an image as people write them; not to be changed. */
export function familiarNames(names: ImageNames): FamiliarNames {
  const familiarOnes = known.get(names) ?? {
    RepoTags: names.tags.map(familiar),
    RepoDigests: names.digests.map(familiar),
  }
  known.set(names, familiarOnes)
  return familiarOnes
}
