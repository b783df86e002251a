import { formatReference, parseReference, withDefaultTag, type Descriptor } from '@berth/oci'
import { nameAnnotations } from './archive-names.ts'

/** Names of an archive as the store keeps them, `registry/repository:tag`; throws `invalid-argument` for what is no name. */
export function storedTags(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const reference = withDefaultTag(parseReference(name))
    return reference.digest === undefined ? [formatReference(reference)] : []
  })
}

/** The whole name that an index gives to what it points at. A tag alone names nothing: the repository is not known. */
export function annotatedNames({ annotations = {} }: Descriptor): string[] {
  const name = annotations[nameAnnotations.name]
  if (name) return [name]
  const tag = annotations[nameAnnotations.tag] ?? ''
  return /[:/]/.test(tag) ? [tag] : []
}
