import type { ImageSummary } from '@berth/api'
import { familiarName, parseReference } from '@berth/oci'

/** One name of one image. */
export interface ImageRow {
  image: ImageSummary
  repository: string
  tag: string
  digest: string
}

const none = '<none>'

/** A row for each tag; with digests a row for each tag and digest of one repository; untagged images have one row. */
export function imageRows(images: readonly ImageSummary[], withDigests: boolean): ImageRow[] {
  return images.flatMap((image) => rowsOf(image, withDigests))
}

function rowsOf(image: ImageSummary, withDigests: boolean): ImageRow[] {
  const tags = group(image.RepoTags ?? [], ({ tag }) => tag)
  const digests = group(image.RepoDigests ?? [], ({ digest }) => digest)
  if (tags.size === 0 && digests.size === 0) return [{ image, repository: none, tag: none, digest: none }]
  const rows: ImageRow[] = []
  for (const [repository, names] of tags) {
    const shown = (withDigests && digests.get(repository)) || [none]
    digests.delete(repository)
    for (const tag of names) for (const digest of shown) rows.push({ image, repository, tag, digest })
  }
  for (const [repository, known] of digests) {
    for (const digest of withDigests ? known : ['']) rows.push({ image, repository, tag: none, digest })
  }
  return rows
}

/** Names by repository; old engines write `<none>:<none>` for no name. */
function group(
  names: readonly string[],
  part: (reference: ReturnType<typeof parseReference>) => string | undefined,
) {
  const groups = new Map<string, string[]>()
  for (const name of names.filter((text) => !text.startsWith(none))) {
    const reference = parseReference(name)
    const repository = familiarName(reference)
    const value = part(reference)
    if (value !== undefined) groups.set(repository, [...(groups.get(repository) ?? []), value])
  }
  return groups
}
