import { parseReference, withDefaultTag, type Reference } from '@berth/oci'
import { CodedError } from '@berth/stdx'

/** The `repo` and `tag` of what makes an image; undefined when it gets no name. */
export function newImageName(query: URLSearchParams): Reference | undefined {
  const [repository, tag] = [query.get('repo') ?? '', query.get('tag') ?? '']
  if (repository === '') return undefined
  const reference = withDefaultTag(parseReference(tag === '' ? repository : `${repository}:${tag}`))
  if (reference.digest !== undefined)
    throw new CodedError('invalid-argument', 'cannot name an image by a digest reference')
  return reference
}
