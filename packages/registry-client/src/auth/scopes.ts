import type { Reference } from '@berth/oci'

/** What a token must allow to read a repository (distribution token specification, "resource scope"). */
export const pullScope = ({ repository }: Pick<Reference, 'repository'>): string =>
  `repository:${repository}:pull`

/** What a token must allow to write to it. */
export const pushScopes = ({ repository }: Pick<Reference, 'repository'>): string[] => [
  `repository:${repository}:pull,push`,
]
